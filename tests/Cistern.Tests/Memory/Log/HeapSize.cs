using System.Reflection;
using System.Runtime.CompilerServices;

namespace Cistern.Tests.Memory;

/// <summary>What is held by an engine, found by following every reference: what its own account has forgotten is there, too.</summary>
internal static class HeapSize
{
    private const int HeaderBytes = 16;
    private const int ArrayHeaderBytes = 24;
    private const int StringHeaderBytes = 22;

    /// <summary>The bytes of an engine's objects and arrays, without those of whoever uses it: the clock, callbacks, options.</summary>
    public static long OfEngine(InMemoryBackend backend)
    {
        var engine = typeof(InMemoryBackend).GetField("_engine", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(backend)!;
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { engine };
        var left = new Stack<object>(seen);
        var bytes = 0L;
        while (left.TryPop(out var next))
        {
            bytes += SizeOf(next);
            foreach (var reference in References(next))
            {
                if (IsTheEngines(reference) && seen.Add(reference)) left.Push(reference);
            }
        }

        return bytes;
    }

    private static bool IsTheEngines(object reference) => reference is not (Delegate or Type or TimeProvider or InMemoryBackendOptions or InMemoryBackend or Thread or EvictionRule);

    private static long SizeOf(object value) => value switch
    {
        string text => Align(StringHeaderBytes + text.Length * sizeof(char)),
        Array array => Align(ArrayHeaderBytes + array.LongLength * SizeOf(array.GetType().GetElementType()!)),
        _ => Align(HeaderBytes + Fields(value.GetType()).Sum(field => SizeOf(field.FieldType))),
    };

    private static long SizeOf(Type type) =>
        !type.IsValueType ? IntPtr.Size : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static IEnumerable<object> References(object value)
    {
        if (value is string) return [];
        if (value is not Array array) return Fields(value.GetType()).SelectMany(field => Within(field.GetValue(value)));
        return HasReferences(array.GetType().GetElementType()!) ? array.Cast<object?>().SelectMany(Within) : [];
    }

    // A reference, or those in the fields of a struct.
    private static IEnumerable<object> Within(object? value) => value switch
    {
        null or Pointer => [],
        ValueType when !HasReferences(value.GetType()) => [],
        ValueType => Fields(value.GetType()).SelectMany(field => Within(field.GetValue(value))),
        _ => [value],
    };

    private static bool HasReferences(Type type) => !type.IsPrimitive && !type.IsEnum && !type.IsPointer && (!type.IsValueType || Fields(type).Any(field => HasReferences(field.FieldType)));

    private static IEnumerable<FieldInfo> Fields(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)) yield return field;
        }
    }

    private static long Align(long bytes) => (bytes + 7) & ~7L;
}
