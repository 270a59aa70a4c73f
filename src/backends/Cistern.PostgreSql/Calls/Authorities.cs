using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cistern;

/// <summary>A file of the authorities to trust instead of the system's. It is read for each connection, as it may be replaced.</summary>
internal static class Authorities
{
    /// <summary>Reads them.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds none.</exception>
    public static X509Certificate2Collection Load(string path)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new IOException(fault.Message, fault);
        }

        return authorities.Count > 0 ? authorities : throw new IOException("There are no certificates (PEM) in the file of authorities.");
    }
}
