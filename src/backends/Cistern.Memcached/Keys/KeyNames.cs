using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cistern;

/// <summary>
/// What keys are called on the servers: the prefix, then the key as it is, if it has only visible ASCII and is short enough; else <c>~</c> and the
/// SHA-256 of its UTF-8 in Base64url, and the key itself is kept in the value. A key that begins with <c>~</c> is hashed, too: no key can be taken
/// for another's hash. Immutable.
/// </summary>
internal sealed class KeyNames
{
    /// <summary>The most bytes that a server takes for a key.</summary>
    public const int LongestName = 250;

    /// <summary>The most bytes of a prefix: behind it there is room for a hash.</summary>
    public const int LongestPrefix = LongestName - 1 - HashLetters;

    private const byte HashMark = (byte)'~';
    private const int HashLetters = 43;

    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(letter => (char)letter)]);

    private readonly byte[] _prefix;

    public KeyNames(string prefix) => _prefix = Encoding.ASCII.GetBytes(prefix);

    /// <summary>What every name begins with.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix;

    /// <summary>Whether a text can be the prefix of a name.</summary>
    public static bool IsPrefix(string text) => text.Length <= LongestPrefix && !text.AsSpan().ContainsAnyExcept(Plain);

    /// <summary>Whether a key is hashed, and so kept in its value.</summary>
    public bool IsHashed(string key) =>
        key.Length == 0 || key.Length > LongestName - _prefix.Length || key[0] == HashMark || key.AsSpan().ContainsAnyExcept(Plain);

    /// <summary>Whether a name, one that begins with the prefix, is that of a hashed key.</summary>
    public bool IsHashed(ReadOnlySpan<byte> name) => name.Length == _prefix.Length + 1 + HashLetters && name[_prefix.Length] == HashMark;

    /// <summary>The key of a name that is not hashed.</summary>
    public string KeyOf(ReadOnlySpan<byte> name) => Encoding.ASCII.GetString(name[_prefix.Length..]);

    /// <summary>Writes a key's name; returns its length, at most <see cref="LongestName"/>.</summary>
    public int Write(string key, Span<byte> name, out bool isHashed)
    {
        _prefix.CopyTo(name);
        isHashed = IsHashed(key);
        if (!isHashed) return _prefix.Length + Encoding.ASCII.GetBytes(key, name[_prefix.Length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        HashOf(key, hash);
        name[_prefix.Length] = HashMark;
        Base64Url.EncodeToUtf8(hash, name[(_prefix.Length + 1)..], out _, out var letters);
        return _prefix.Length + 1 + letters;
    }

    /// <summary>A key's name as an array of its own.</summary>
    public byte[] NameOf(string key)
    {
        Span<byte> name = stackalloc byte[LongestName];
        return name[..Write(key, name, out _)].ToArray();
    }

    private static void HashOf(string key, Span<byte> hash)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(key.Length));
        SHA256.HashData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(key, bytes)), hash);
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
