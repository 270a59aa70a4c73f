using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace Cistern;

/// <summary>
/// Has the runtime check the server's certificate by its own rules, where Npgsql would: both refuse the same, but Npgsql's check is a callback, and of a callback the error says only that it refused. The
/// runtime says what is wrong: the name, the time or the authority.
/// </summary>
internal static class ServerIdentity
{
    /// <summary>Begins a data source whose server is checked, of <c>verify-full</c>. Where the authorities come from the environment, or revocation is asked about, Npgsql keeps the check.</summary>
    /// <param name="settings">The settings.</param>
    public static NpgsqlSlimDataSourceBuilder Begin(NpgsqlConnectionStringBuilder settings)
    {
        if (settings.SslMode != SslMode.VerifyFull || settings.CheckCertificateRevocation || Environment.GetEnvironmentVariable("PGSSLROOTCERT") is not null) return new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        var path = settings.RootCertificate;
        var builder = new NpgsqlSlimDataSourceBuilder(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { SslMode = SslMode.Require, RootCertificate = null }.ConnectionString);
        return builder.UseSslClientAuthenticationOptionsCallback(tls =>
        {
            // Without a callback, every error refuses.
            tls.RemoteCertificateValidationCallback = null;
            if (!string.IsNullOrEmpty(path)) tls.CertificateChainPolicy = Trusting(path);
        });
    }

    private static X509ChainPolicy Trusting(string path)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(Authorities.Load(path));
        return policy;
    }
}
