namespace Cistern.Servers;

/// <summary>A folder of its own for what a server writes, removed at the end. As root it belongs to nobody, for servers that refuse to run as root.</summary>
public sealed class ServerFolder : IDisposable
{
    /// <summary>Creates the folder.</summary>
    public ServerFolder()
    {
        Path = Directory.CreateTempSubdirectory("cistern-server-").FullName;
        if (Unprivileged.IsNeeded) Unprivileged.Own(Path);
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>The full path of a file in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file that the server may read, and nobody else but root.</summary>
    /// <returns>Its full path.</returns>
    public string Write(string name, string content)
    {
        var path = this[name];
        using (var file = new StreamWriter(new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite })))
        {
            file.Write(content);
        }

        if (Unprivileged.IsNeeded) Unprivileged.Own(path);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already.
        }
    }
}
