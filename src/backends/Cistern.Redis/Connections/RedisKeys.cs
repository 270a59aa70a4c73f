using System.Text;
using StackExchange.Redis;

namespace Cistern;

/// <summary>Keys as the server has them: a prefix, then the key.</summary>
internal sealed class RedisKeys
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _prefix;
    private readonly byte[] _prefixBytes;

    public RedisKeys(string prefix)
    {
        _prefix = prefix;
        _prefixBytes = Encoding.UTF8.GetBytes(prefix);
    }

    /// <summary>What every key begins with.</summary>
    public string Prefix => _prefix;

    /// <summary>A key with the prefix.</summary>
    public RedisKey ToServer(string key) => _prefix.Length == 0 ? key : _prefix + key;

    /// <summary>A key without the prefix; null: it is none that this backend could have set.</summary>
    public string? FromServer(byte[] key)
    {
        if (!key.AsSpan().StartsWith(_prefixBytes)) return null;
        try
        {
            var text = Strict.GetString(key.AsSpan(_prefixBytes.Length));
            return CacheKey.Explain(text) is null ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The slot of a key in a cluster.</summary>
    public int SlotOf(string key) => HashSlot.Of(Encoding.UTF8.GetBytes(_prefix + key));

    /// <summary>A pattern of the server's for the keys that begin so.</summary>
    public string PatternOf(string literalPrefix)
    {
        var pattern = new StringBuilder();
        foreach (var character in _prefix + literalPrefix)
        {
            if (character is '*' or '?' or '[' or ']' or '\\' or '^' or '-') pattern.Append('\\');
            pattern.Append(character);
        }

        return pattern.Append('*').ToString();
    }
}
