using System.Security.Cryptography.X509Certificates;

namespace Cistern.Tests;

/// <summary>What a client with an authority of its own trusts.</summary>
internal static class Trust
{
    public static bool IsSignedBy(X509Certificate? certificate, X509Certificate2 authority)
    {
        if (certificate is not X509Certificate2 presented) return false;
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        return chain.Build(presented);
    }
}
