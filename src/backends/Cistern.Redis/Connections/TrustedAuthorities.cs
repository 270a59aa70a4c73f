using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cistern;

/// <summary>Authorities that are trusted instead of the system's.</summary>
internal sealed class TrustedAuthorities
{
    private readonly X509Certificate2Collection _authorities = [];

    private TrustedAuthorities()
    {
    }

    /// <summary>Reads a file of certificates.</summary>
    /// <exception cref="FormatException">It cannot be read, or holds none.</exception>
    public static TrustedAuthorities Load(string path)
    {
        var trusted = new TrustedAuthorities();
        try
        {
            trusted._authorities.ImportFromPemFile(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new FormatException($"ca must be a file of certificates (PEM): {fault.Message}", fault);
        }

        return trusted._authorities.Count > 0 ? trusted : throw new FormatException("ca must be a file of certificates (PEM); it has none");
    }

    /// <summary>Whether a server's certificate is one of theirs, of the right name and time.</summary>
    public bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 presented || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None) return false;
        using var own = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) own.ChainPolicy.ExtraStore.Add(element.Certificate);
        return own.Build(presented);
    }
}
