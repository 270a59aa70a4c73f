using System.Globalization;
using System.Reflection;

namespace Cistern.Tests;

/// <summary>Writes types and constants as C# does, without namespaces.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>A type with what is known of its nullability; a parameter by reference as its element.</summary>
    public static string Of(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Of(underlying) + "?";
        var mark = !type.IsValueType && Either(info) == NullabilityState.Nullable ? "?" : "";
        if (type.IsSZArray) return (info.ElementType is { } element ? Of(element) : Of(type.GetElementType()!)) + "[]" + mark;
        if (type.IsGenericType && info.GenericTypeArguments.Length == type.GetGenericArguments().Length)
            return $"{Simple(type)}<{string.Join(", ", info.GenericTypeArguments.Select(Of))}>{mark}";
        return Of(type) + mark;
    }

    /// <summary>A type without nullability.</summary>
    public static string Of(Type type)
    {
        if (type.IsByRef) return Of(type.GetElementType()!);
        if (Keywords.TryGetValue(type, out var keyword)) return keyword;
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Of(underlying) + "?";
        if (type.IsSZArray) return Of(type.GetElementType()!) + "[]";
        var outer = type is { IsNested: true, IsGenericParameter: false } ? Of(type.DeclaringType!) + "." : "";
        return outer + (type.IsGenericType ? $"{Simple(type)}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>" : type.Name);
    }

    /// <summary>A type's own name.</summary>
    public static string Simple(Type type) => type.Name.IndexOf('`', StringComparison.Ordinal) is > 0 and var tick ? type.Name[..tick] : type.Name;

    /// <summary>The constraints on the type parameters of a type or method.</summary>
    public static string Constraints(MemberInfo member)
    {
        var parameters = member switch
        {
            Type { IsGenericTypeDefinition: true } type => type.GetGenericArguments(),
            MethodInfo { IsGenericMethodDefinition: true } method => method.GetGenericArguments(),
            _ => [],
        };
        return string.Concat(parameters.Select(parameter => (parameter.Name, Words: Constraint(parameter).ToArray()))
            .Where(constraint => constraint.Words.Length > 0)
            .Select(constraint => $" where {constraint.Name} : {string.Join(", ", constraint.Words)}"));
    }

    /// <summary>A constant or default value.</summary>
    public static string Constant(object? value, Type? type = null) => value switch
    {
        null => type is { IsValueType: true } && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ when (Nullable.GetUnderlyingType(type ?? typeof(object)) ?? type) is { IsEnum: true } enumeration => $"{enumeration.Name}.{Enum.ToObject(enumeration, value)}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static NullabilityState Either(NullabilityInfo info) => info.ReadState == NullabilityState.Unknown ? info.WriteState : info.ReadState;

    private static IEnumerable<string> Constraint(Type parameter)
    {
        var attributes = parameter.GenericParameterAttributes;
        if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)) yield return "struct";
        else if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)) yield return "class";
        foreach (var type in parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType))) yield return Of(type);
        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint)) yield return "new()";
    }
}
