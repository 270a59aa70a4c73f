using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Cistern.Coverage;

/// <summary>
/// Reads the public and protected members of an assembly that have code, from its metadata and its symbols. The code of an async method or
/// an iterator is in the method of another, generated type; the symbols say which method it belongs to.
/// </summary>
internal sealed class PublicMembers(MetadataReader metadata, MetadataReader symbols)
{
    /// <summary>The members of an assembly whose symbols lie beside it; the accessors of a property or event are one member.</summary>
    public static IReadOnlyList<PublicMember> Read(string assemblyPath)
    {
        using var assembly = new PEReader(File.OpenRead(assemblyPath));
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assemblyPath, ".pdb")));
        return new PublicMembers(assembly.GetMetadataReader(), symbols.GetMetadataReader()).ReadAll();
    }

    private List<PublicMember> ReadAll()
    {
        var lines = metadata.MethodDefinitions.GroupBy(Owner).ToDictionary(group => group.Key, group => group.SelectMany(LinesOf).ToHashSet());
        return metadata.MethodDefinitions
            .Where(IsVisible)
            .Select(handle => (Name: NameOf(handle), Lines: lines.GetValueOrDefault(handle, [])))
            .Where(member => member.Lines.Count > 0)
            .GroupBy(member => member.Name)
            .Select(group => new PublicMember(group.Key, group.SelectMany(member => member.Lines).ToHashSet()))
            .OrderBy(member => member.Name, StringComparer.Ordinal)
            .ToList();
    }

    private MethodDefinitionHandle Owner(MethodDefinitionHandle handle) =>
        symbols.GetMethodDebugInformation(handle.ToDebugInformationHandle()).GetStateMachineKickoffMethod() is { IsNil: false } kickoff ? kickoff : handle;

    private IEnumerable<(string File, int Line)> LinesOf(MethodDefinitionHandle handle)
    {
        foreach (var point in symbols.GetMethodDebugInformation(handle.ToDebugInformationHandle()).GetSequencePoints().Where(point => !point.IsHidden))
        {
            var file = symbols.GetString(symbols.GetDocument(point.Document).Name);
            for (var line = point.StartLine; line <= point.EndLine; line++) yield return (file, line);
        }
    }

    private bool IsVisible(MethodDefinitionHandle handle)
    {
        var method = metadata.GetMethodDefinition(handle);
        return IsVisible(method.Attributes) && IsVisible(method.GetDeclaringType()) && !metadata.GetString(method.Name).Contains('<') && !IsGenerated(method);
    }

    private static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private bool IsVisible(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var access = type.Attributes & TypeAttributes.VisibilityMask;
        return access == TypeAttributes.Public || (access == TypeAttributes.NestedPublic && IsVisible(type.GetDeclaringType()));
    }

    // What the compiler adds to a record. The accessors of an automatic property are marked as well, but they were asked for.
    private bool IsGenerated(MethodDefinition method) =>
        (!method.Attributes.HasFlag(MethodAttributes.SpecialName) || metadata.GetString(method.Name).StartsWith("op_", StringComparison.Ordinal))
        && method.GetCustomAttributes().Any(handle => AttributeName(metadata.GetCustomAttribute(handle)) == "CompilerGeneratedAttribute");

    private string AttributeName(CustomAttribute attribute) => attribute.Constructor.Kind == HandleKind.MemberReference
        ? metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent).Name)
        : "";

    private string NameOf(MethodDefinitionHandle handle)
    {
        var method = metadata.GetMethodDefinition(handle);
        var type = TypeName(method.GetDeclaringType());
        var name = metadata.GetString(method.Name);
        if (name is "get_Item" or "set_Item") return $"{type}[]";
        if (method.Attributes.HasFlag(MethodAttributes.SpecialName) && name.Split('_', 2) is ["get" or "set" or "add" or "remove", var property]) return $"{type}.{property}";
        var called = name == ".ctor" ? $"new {type}" : $"{type}.{name}";
        return $"{called}({string.Join(", ", method.GetParameters().Select(metadata.GetParameter).Where(parameter => parameter.SequenceNumber > 0).Select(parameter => metadata.GetString(parameter.Name)))})";
    }

    private string TypeName(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return type.IsNested ? $"{TypeName(type.GetDeclaringType())}.{metadata.GetString(type.Name)}" : metadata.GetString(type.Name);
    }
}
