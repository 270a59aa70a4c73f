using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cistern.Servers;
using Npgsql;

namespace Cistern.Tests;

/// <summary>Who the server is: by <c>tls=verify-full</c> its certificate must be of its name, of now and of an authority that is trusted, and the error says which of them it is not.</summary>
public sealed class TlsTests
{
    private static readonly BackendSchemes Schemes = new(PostgreSqlScheme.Instance);

    [Fact]
    public async Task VerifyFull_TheRightCertificate_OpensEncrypted()
    {
        using var certificate = ServerCertificate.Create();
        await using var server = await TlsServer.StartAsync(certificate.Certificate, certificate.Key);
        await using var backend = await OpenAsync(server, $"tls=verify-full&ca={Uri.EscapeDataString(certificate.AuthorityPath)}");
        await backend.SetStringAsync("key", "value");
        Assert.Equal("value", await backend.GetStringAsync("key"));
        Assert.True(await server.AreAllEncryptedAsync());

        // By a connection string, which has the authority in a setting of its own.
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString) { SslMode = SslMode.VerifyFull, RootCertificate = certificate.AuthorityPath };
        await using var same = await PostgreSqlBackend.OpenAsync(connection.ConnectionString);
        Assert.Equal("value", await same.GetStringAsync("key"));
    }

    [Fact]
    public async Task VerifyFull_AnUnknownAuthority_IsAFaultThatSaysSo()
    {
        using var certificate = ServerCertificate.Create();
        using var stranger = ServerCertificate.Create();
        await using var server = await TlsServer.StartAsync(certificate.Certificate, certificate.Key);
        await FaultAsync(server, $"tls=verify-full&ca={Uri.EscapeDataString(stranger.AuthorityPath)}", "NotSignatureValid");
        await FaultAsync(server, "tls=verify-full", "errors in the certificate chain");
    }

    [Fact]
    public async Task VerifyFull_AnExpiredCertificate_IsAFaultThatSaysSo()
    {
        using var certificate = ServerCertificate.CreateExpired();
        await using var server = await TlsServer.StartAsync(certificate.Certificate, certificate.Key);
        await FaultAsync(server, $"tls=verify-full&ca={Uri.EscapeDataString(certificate.AuthorityPath)}", "NotTimeValid");
    }

    [Fact]
    public async Task VerifyFull_ACertificateOfAnotherName_IsAFaultThatSaysSo()
    {
        using var folder = new ServerFolder();
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=elsewhere.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("elsewhere.example");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var authority = folder.Write("authority.crt", certificate.ExportCertificatePem());
        await using var server = await TlsServer.StartAsync(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        await FaultAsync(server, $"tls=verify-full&ca={Uri.EscapeDataString(authority)}", "RemoteCertificateNameMismatch");
    }

    [Fact]
    public async Task Require_AnyCertificate_OpensEncrypted()
    {
        using var certificate = ServerCertificate.CreateExpired();
        await using var server = await TlsServer.StartAsync(certificate.Certificate, certificate.Key);
        await using var backend = await OpenAsync(server, "tls=require");
        await backend.SetStringAsync("key", "value");
        Assert.True(await server.AreAllEncryptedAsync());
    }

    [Fact]
    public async Task Ca_AFileWithoutCertificates_IsAFormatError()
    {
        using var folder = new ServerFolder();
        var path = folder.Write("empty.crt", "no certificate");
        var fault = await Assert.ThrowsAsync<FormatException>(async () => await Schemes.OpenAsync(BackendAddress.Parse($"postgres://user:hunter2@host/db?tls=verify-full&ca={Uri.EscapeDataString(path)}")));
        Assert.Contains("no certificates", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
    }

    private static ValueTask<CacheBackend> OpenAsync(TlsServer server, string options) => Schemes.OpenAsync(BackendAddress.Parse($"{server.Address}?timeout=5s&{options}"));

    private static async Task FaultAsync(TlsServer server, string options, string reason)
    {
        var (fault, took) = await FaultServer.MeasureAsync(async () => await (await OpenAsync(server, options)).DisposeAsync());
        var message = Assert.IsType<CacheBackendException>(fault).Message;
        Assert.True(message.Contains(reason, StringComparison.Ordinal), message);
        Assert.DoesNotContain(server.Password, fault.ToString(), StringComparison.Ordinal);
        Assert.True(took < TimeSpan.FromSeconds(5.5), $"It took {took.TotalMilliseconds} ms.");
    }
}
