using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Cistern;

/// <summary>
/// Which of several servers has a key: 160 points of each lie on a ring of 32-bit numbers, and a key belongs to the first point at or behind its own.
/// Taking a server away moves its keys alone. The points are those of ketama and of libmemcached's weighted ketama at equal weights (Richard Jones,
/// 2007), so that other clients find a name on the same server. Immutable.
/// </summary>
internal sealed class KetamaRing
{
    private const int HashesPerServer = 40;
    private const int PointsPerHash = 4;
    private const int UsualPort = 11211;

    private readonly uint[] _points;
    private readonly int[] _owners;
    private readonly int _servers;

    public KetamaRing(IReadOnlyList<ServerAddress> servers)
    {
        _servers = servers.Count;
        _points = new uint[servers.Count * HashesPerServer * PointsPerHash];
        _owners = new int[_points.Length];
        var next = 0;
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        for (var server = 0; server < servers.Count; server++)
        {
            // The port that everybody uses is left out.
            var name = servers[server].Port == UsualPort ? servers[server].Host : $"{servers[server].Host}:{servers[server].Port}";
            for (var i = 0; i < HashesPerServer; i++)
            {
                Hash(Encoding.UTF8.GetBytes($"{name}-{i}"), hash);
                for (var part = 0; part < PointsPerHash; part++, next++)
                {
                    _points[next] = BinaryPrimitives.ReadUInt32LittleEndian(hash[(part * sizeof(uint))..]);
                    _owners[next] = server;
                }
            }
        }

        Array.Sort(_points, _owners);
    }

    /// <summary>The index of the server that has a name.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        if (_servers == 1) return 0;
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        Hash(name, hash);
        var point = BinaryPrimitives.ReadUInt32LittleEndian(hash);
        var (low, high) = (0, _points.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_points[middle] < point) low = middle + 1;
            else high = middle;
        }

        return _owners[low == _points.Length ? 0 : low];
    }

#pragma warning disable CA5351 // The ring of other clients is made with MD5; nothing is kept secret by it.
    private static void Hash(ReadOnlySpan<byte> bytes, Span<byte> hash) => MD5.HashData(bytes, hash);
#pragma warning restore CA5351
}
