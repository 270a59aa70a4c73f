using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Cistern;

/// <summary>A key as a row has it: its bytes, and the hash of them that the row is found by, as an index entry has no room for the longest keys.</summary>
/// <param name="Hash">The SHA-256 of the bytes.</param>
/// <param name="Bytes">The key in UTF-8.</param>
internal readonly record struct StoredKey(byte[] Hash, byte[] Bytes)
{
    public static StoredKey Of(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return new StoredKey(SHA256.HashData(bytes), bytes);
    }

    /// <summary>The key that a row's bytes stand for; null when no caller can ask for them: something else wrote that row.</summary>
    public static string? Read(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, expected);
        if (!hash.SequenceEqual(expected) || !Utf8.IsValid(bytes)) return null;
        var key = Encoding.UTF8.GetString(bytes);
        return CacheKey.Explain(key) is null ? key : null;
    }
}
