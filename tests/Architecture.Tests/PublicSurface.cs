using System.Reflection;
using System.Runtime.CompilerServices;

namespace Cistern.Tests;

/// <summary>What others can see of an assembly: public types, and their public and protected members, without what the compiler adds to records.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>The types, by name.</summary>
    public static IEnumerable<Type> Types(Assembly assembly) =>
        assembly.GetExportedTypes().Where(type => type.Namespace?.StartsWith("Cistern", StringComparison.Ordinal) == true).OrderBy(type => type.FullName, StringComparer.Ordinal);

    /// <summary>The types and their members.</summary>
    public static IEnumerable<MemberInfo> Members(Assembly assembly) => Types(assembly).SelectMany(type => MembersOf(type).Prepend(type));

    /// <summary>The members that a type declares itself, and that others can see.</summary>
    public static IEnumerable<MemberInfo> MembersOf(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type)) return [];
        if (type.IsEnum) return type.GetFields(BindingFlags.Public | BindingFlags.Static);
        return type.GetMembers(Declared).Where(member => member is not Type && IsVisible(member) && !IsAdded(member));
    }

    /// <summary>Whether a method can be seen: public, or protected in a type that can be derived from.</summary>
    public static bool IsVisible(MethodBase? method) =>
        method is not null && (method.IsPublic || (method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsVisible(MemberInfo member) => member switch
    {
        FieldInfo field => field.IsPublic || (field.IsFamily || field.IsFamilyOrAssembly) && !field.DeclaringType!.IsSealed,
        PropertyInfo property => IsVisible(property.GetMethod) || IsVisible(property.SetMethod),
        EventInfo happening => IsVisible(happening.AddMethod),
        MethodBase method => IsVisible(method),
        _ => false,
    };

    // The accessors of properties and events are shown with them; equality, cloning and printing of records with the word "record".
    private static bool IsAdded(MemberInfo member) => member switch
    {
        MethodInfo { IsSpecialName: true } method when !method.Name.StartsWith("op_", StringComparison.Ordinal) => true,
        ConstructorInfo { IsStatic: true } => true,
        ConstructorInfo constructor when IsRecord(member.DeclaringType!) => constructor.GetParameters() is [var only] && only.ParameterType == member.DeclaringType,
        ConstructorInfo constructor => constructor.GetCustomAttribute<CompilerGeneratedAttribute>() is not null,
        PropertyInfo { Name: "EqualityContract" } => true,
        _ => member.GetCustomAttribute<CompilerGeneratedAttribute>() is not null,
    };

    /// <summary>Whether a type is a record, which only the members that the compiler adds tell.</summary>
    public static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Declared) is { } print && print.GetCustomAttribute<CompilerGeneratedAttribute>() is not null;
}
