using System.Reflection;
using System.Text;

namespace Cistern.Tests;

/// <summary>Writes the identifier by which XML documentation and the banned symbols name a type or member.</summary>
internal static class DocumentationId
{
    public static string Of(MemberInfo member) => member switch
    {
        Type type => $"T:{TypeName(type)}",
        FieldInfo field => $"F:{TypeName(field.DeclaringType!)}.{field.Name}",
        PropertyInfo property => $"P:{TypeName(property.DeclaringType!)}.{property.Name}{Parameters(property.GetIndexParameters())}",
        EventInfo happening => $"E:{TypeName(happening.DeclaringType!)}.{happening.Name}",
        MethodBase method => $"M:{TypeName(method.DeclaringType!)}.{method.Name.Replace('.', '#')}{Arity(method)}{Parameters(method.GetParameters())}{Conversion(method)}",
        _ => throw new ArgumentException($"No identifier for {member}.", nameof(member)),
    };

    private static string TypeName(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string Arity(MethodBase method) => method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "";

    private static string Conversion(MethodBase method) =>
        method is MethodInfo { Name: "op_Implicit" or "op_Explicit" } operation ? $"~{Reference(operation.ReturnType)}" : "";

    private static string Parameters(ParameterInfo[] parameters) =>
        parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => Reference(parameter.ParameterType)))})";

    private static string Reference(Type type)
    {
        if (type.IsByRef) return Reference(type.GetElementType()!) + "@";
        if (type.IsPointer) return Reference(type.GetElementType()!) + "*";
        if (type.IsSZArray) return Reference(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter) return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        if (!type.IsGenericType) return type.FullName!.Replace('+', '.');

        // Arguments stand with the part of the name that introduces them; ours have only one such part.
        var name = new StringBuilder(TypeName(type));
        name.Length = name.ToString().IndexOf('`', StringComparison.Ordinal);
        return name.Append('{').AppendJoin(',', type.GetGenericArguments().Select(Reference)).Append('}').ToString();
    }
}
