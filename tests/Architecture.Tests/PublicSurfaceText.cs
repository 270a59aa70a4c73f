using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Cistern.Tests;

/// <summary>Writes the public surface of an assembly as text: a line per type, a line per member below it, sorted, much like C#.</summary>
internal static class PublicSurfaceText
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in PublicSurface.Types(assembly))
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(TypeLine(type)).Append('\n');
            var members = PublicSurface.MembersOf(type).Select(member => (Order: Order(member), member.Name, Line: Line(member)));
            foreach (var (_, _, line) in members.OrderBy(member => member.Order).ThenBy(member => member.Name, StringComparer.Ordinal).ThenBy(member => member.Line, StringComparer.Ordinal)) text.Append("    ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    // Enum members by value; others by kind, then by name, then by the whole line.
    private static long Order(MemberInfo member) => member switch
    {
        FieldInfo { DeclaringType.IsEnum: true } field => Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture),
        FieldInfo => 0,
        ConstructorInfo => 1,
        PropertyInfo => 2,
        EventInfo => 3,
        _ => 4,
    };

    private static string TypeLine(Type type)
    {
        var name = $"{type.Namespace}.{TypeNames.Of(type)}";
        if (typeof(Delegate).IsAssignableFrom(type)) return $"public delegate {Signature(type.GetMethod("Invoke")!, name)}";
        if (type.IsEnum) return $"public enum {name}";
        var bases = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(contract => !contract.Name.StartsWith("IEquatable", StringComparison.Ordinal))
            .Select(TypeNames.Of).Order(StringComparer.Ordinal).AsEnumerable();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType)) bases = bases.Prepend(TypeNames.Of(parent));
        var inherited = string.Join(", ", bases);
        return $"public {Kind(type)} {name}{(inherited.Length == 0 ? "" : " : " + inherited)}{TypeNames.Constraints(type)}";
    }

    private static string Kind(Type type)
    {
        if (type.IsInterface) return "interface";
        var record = PublicSurface.IsRecord(type) ? "record " : "";
        if (type.IsValueType) return (type.IsDefined(typeof(IsReadOnlyAttribute), inherit: false) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + record + "struct";
        var modifier = type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        return modifier + (record.Length == 0 ? "class" : "record");
    }

    private static string Line(MemberInfo member) => member switch
    {
        FieldInfo { DeclaringType.IsEnum: true } field => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}",
        FieldInfo { IsLiteral: true } field => $"public const {TypeNames.Of(field.FieldType)} {field.Name} = {TypeNames.Constant(field.GetRawConstantValue())}",
        FieldInfo field => $"public {(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{TypeNames.Of(Nullability.Create(field))} {field.Name}",
        ConstructorInfo constructor => $"{Access(constructor)}{TypeNames.Simple(constructor.DeclaringType!)}{Parameters(constructor)}",
        PropertyInfo property => Property(property),
        EventInfo happening => $"{Modifiers(happening.AddMethod!)}event {TypeNames.Of(Nullability.Create(happening))} {happening.Name}",
        MethodInfo method => Modifiers(method) + Signature(method, method.Name),
        _ => throw new ArgumentException($"No line for {member}.", nameof(member)),
    };

    private static string Property(PropertyInfo property)
    {
        var main = PublicSurface.IsVisible(property.GetMethod) ? property.GetMethod! : property.SetMethod!;
        var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"this[{string.Join(", ", parameters.Select(Parameter))}]" : property.Name;
        var required = property.IsDefined(typeof(RequiredMemberAttribute), inherit: false) ? "required " : "";
        var getter = PublicSurface.IsVisible(property.GetMethod) ? "get; " : "";
        var setter = "";
        if (PublicSurface.IsVisible(property.SetMethod))
        {
            var word = property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";
            setter = Access(property.SetMethod) == Access(main) ? word : Access(property.SetMethod) + word;
        }

        return $"{Modifiers(main)}{required}{TypeNames.Of(Nullability.Create(property))} {index} {{ {getter}{setter}}}";
    }

    private static string Signature(MethodInfo method, string name)
    {
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";
        return $"{TypeNames.Of(Nullability.Create(method.ReturnParameter))} {name}{generic}{Parameters(method)}{TypeNames.Constraints(method)}";
    }

    private static string Parameters(MethodBase method)
    {
        var extension = method.IsDefined(typeof(ExtensionAttribute), inherit: false) ? "this " : "";
        return $"({extension}{string.Join(", ", method.GetParameters().Select(Parameter))})";
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var mode = !parameter.ParameterType.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        if (parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute))) mode = "params ";
        var value = parameter.HasDefaultValue ? " = " + TypeNames.Constant(parameter.RawDefaultValue, parameter.ParameterType) : "";
        return $"{mode}{TypeNames.Of(Nullability.Create(parameter))} {parameter.Name}{value}";
    }

    private static string Access(MethodBase method) => method.IsPublic ? "public " : "protected ";

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface) return method.IsStatic ? "static " : "";
        if (method.IsStatic) return Access(method) + "static ";
        if (method.IsAbstract) return Access(method) + (method.GetBaseDefinition() == method ? "abstract " : "abstract override ");
        if (!method.IsVirtual) return Access(method);
        if (method.GetBaseDefinition() != method) return Access(method) + (method.IsFinal ? "sealed override " : "override ");
        return Access(method) + (method.IsFinal ? "" : "virtual ");
    }
}
