using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cistern.Servers;

/// <summary>A certificate for 127.0.0.1, with an authority made for it alone.</summary>
public sealed class ServerCertificate : IDisposable
{
    private const int KeyBits = 2048;

    private readonly ServerFolder _folder = new();

    private ServerCertificate(string certificate, string key, X509Certificate2 authority)
    {
        Certificate = certificate;
        Key = key;
        Authority = authority;
        AuthorityPath = _folder.Write("authority.crt", authority.ExportCertificatePem());
    }

    /// <summary>The certificate, as PEM.</summary>
    public string Certificate { get; }

    /// <summary>Its private key, as PEM.</summary>
    public string Key { get; }

    /// <summary>Who signed it: what a client must trust.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>The authority's certificate as a file.</summary>
    public string AuthorityPath { get; }

    /// <summary>One that is valid now.</summary>
    public static ServerCertificate Create() => Create(TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(1));

    /// <summary>One whose time is over.</summary>
    public static ServerCertificate CreateExpired() => Create(TimeProvider.System.GetUtcNow().AddDays(-2), TimeProvider.System.GetUtcNow().AddDays(-1));

    /// <inheritdoc/>
    public void Dispose()
    {
        Authority.Dispose();
        _folder.Dispose();
    }

    private static ServerCertificate Create(DateTimeOffset from, DateTimeOffset to)
    {
        using var authorityKey = RSA.Create(KeyBits);
        var authorityRequest = new CertificateRequest("CN=Cistern test authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var authority = authorityRequest.CreateSelfSigned(from.AddDays(-1), to.AddDays(2));

        using var key = RSA.Create(KeyBits);
        var request = new CertificateRequest($"CN={Loopback.Host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));
        return new ServerCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), X509CertificateLoader.LoadCertificate(authority.Export(X509ContentType.Cert)));
    }
}
