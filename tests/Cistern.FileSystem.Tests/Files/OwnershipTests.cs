using System.Diagnostics;

namespace Cistern.Tests;

/// <summary>Whose the file is: one writer, named to the next; readable by its owner only; and never written through a link that somebody laid.</summary>
public sealed class OwnershipTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SecondWriter_IsRefusedByTheNameOfTheFirst()
    {
        using var first = FileBackend.Open(_folder.Cache);
        first.Set("key", "1"u8.ToArray());
        var fault = Assert.Throws<CacheBackendException>(() => FileBackend.Open(_folder.Cache));
        Assert.Contains($"is open for writing by process {Environment.ProcessId} on ", fault.Message, StringComparison.Ordinal);
        Assert.Equal(SetOutcome.Stored, first.Set("key", "2"u8.ToArray()));
        first.Dispose();
        using var second = FileBackend.Open(_folder.Cache);
        Assert.True(second.Exists("key"));
    }

    [Fact]
    public void StaleLockFile_BlocksNobody()
    {
        File.WriteAllText(_folder.Cache + ".lock", "process 1 on elsewhere\n");
        using var backend = FileBackend.Open(_folder.Cache);
        Assert.Equal(SetOutcome.Stored, backend.Set("key", "1"u8.ToArray()));
    }

    [Fact]
    public void Closed_WhileAProcessThatIsBeingStartedHasTheLockToo_CanBeOpened()
    {
        if (!OperatingSystem.IsLinux()) Skip("Needs the descriptors of Linux.");
        var backend = FileBackend.Open(_folder.Cache);
        var held = Directory.EnumerateFiles("/proc/self/fd").First(file => new FileInfo(file).LinkTarget == _folder.Cache + ".lock");
        var inherited = Duplicate(int.Parse(Path.GetFileName(held), System.Globalization.CultureInfo.InvariantCulture));
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(inherited, ownsHandle: true);
        Assert.False(handle.IsInvalid);
        backend.Dispose();
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Equal(SetOutcome.Stored, reopened.Set("key", "1"u8.ToArray()));
    }

    [Fact]
    public async Task WriterInAnotherProcess_RefusesThisOneUntilItIsKilled()
    {
        // flock(1) holds the lock as a writer does, and sleeps with it.
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/flock")) Skip("Needs flock, of util-linux.");
        File.WriteAllText(_folder.Cache + ".lock", "process 4711 on a\u001b[31mhost\n");
        using var other = Process.Start(new ProcessStartInfo("/usr/bin/flock", ["--no-fork", _folder.Cache + ".lock", "sh", "-c", "echo locked; exec sleep 60"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        Assert.Equal("locked", await other.StandardOutput.ReadLineAsync());
        var fault = Assert.Throws<CacheBackendException>(() => FileBackend.Open(_folder.Cache));
        Assert.Contains("another process", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', fault.Message);
        using (var reader = FileBackend.Open(Seed(), new FileBackendOptions { IsReadOnly = true })) Assert.True(reader.Exists("a"));
        other.Kill();
        await other.WaitForExitAsync();
        using var backend = FileBackend.Open(_folder.Cache);
        Assert.True(backend.Exists("a"));
    }

    [Fact]
    public void Files_AreReadableByTheirOwnerOnly()
    {
        if (OperatingSystem.IsWindows()) Skip("Windows has no file modes.");
        else
        {
            using var backend = FileBackend.Open(_folder.At("new/folder/cache.json"));
            for (var i = 0; i < 20; i++) backend.Set($"key {i}", "0123456789"u8.ToArray());
            backend.Compact();
            backend.Set("key", "1"u8.ToArray());
            var files = Directory.GetFiles(_folder.At("new/folder"));
            Assert.Equal(4, files.Length);
            foreach (var file in files) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.At("new/folder")));
        }
    }

    [Theory]
    [InlineData(".journal")]
    [InlineData(".journal.next")]
    [InlineData(".meta")]
    [InlineData(".meta.next")]
    public void Link_LaidAtANameOfOurs_IsNotWrittenThrough(string name)
    {
        var canary = _folder.At("canary");
        File.WriteAllText(canary, "{\"forged\": \"1\"}");
        Seed();
        File.CreateSymbolicLink(_folder.Cache + name, canary);
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            backend.Set("key", "1"u8.ToArray());
            backend.Compact();
            backend.Set("key", "2"u8.ToArray());
        }

        Assert.Equal("{\"forged\": \"1\"}", File.ReadAllText(canary));
        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Empty(reopened.Findings);
        Assert.Equal(["a", "key"], Model.Read(reopened).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Link_LaidAtTheLock_IsRefused()
    {
        var canary = _folder.At("canary");
        File.CreateSymbolicLink(_folder.Cache + ".lock", canary);
        Assert.Throws<CacheBackendException>(() => FileBackend.Open(_folder.Cache));
        Assert.False(File.Exists(canary));
        File.WriteAllText(canary, "untouched");
        Assert.Throws<CacheBackendException>(() => FileBackend.Open(_folder.Cache));
        Assert.Equal("untouched", File.ReadAllText(canary));
    }

    [Fact]
    public void Link_ThatIsThePath_StaysALinkAndLeadsToTheSameLock()
    {
        Seed();
        File.CreateSymbolicLink(_folder.At("link.json"), _folder.Cache);
        using (var backend = FileBackend.Open(_folder.At("link.json")))
        {
            Assert.Equal(_folder.Cache, backend.Path);
            Assert.Throws<CacheBackendException>(() => FileBackend.Open(_folder.Cache));
            backend.Set("key", "1"u8.ToArray());
        }

        Assert.NotNull(new FileInfo(_folder.At("link.json")).LinkTarget);
        using var direct = FileBackend.Open(_folder.Cache);
        Assert.True(direct.Exists("key"));
    }

    [Fact]
    public void Keys_ThatLookLikePaths_MakeNoFiles()
    {
        var inside = _folder.At("inside");
        Directory.CreateDirectory(inside);
        using (var backend = FileBackend.Open(Path.Combine(inside, "cache.json")))
        {
            foreach (var key in new[] { "../canary", "/canary", "..", ".", "cache.json", "cache.json.lock", "a/b", $"{_folder.Path}/canary" }) backend.Set(key, "1"u8.ToArray());
        }

        Assert.Equal(["inside"], _folder.Names);
        Assert.Equal(3, Directory.GetFileSystemEntries(inside).Length);
    }

    [Fact]
    public void Open_WhatIsNoFile_IsRefused()
    {
        Assert.Contains("folder", Assert.Throws<CacheBackendException>(() => FileBackend.Open(_folder.Path)).Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsLinux()) return;
        using var pipe = Process.Start("mkfifo", [_folder.At("pipe")]);
        pipe.WaitForExit();
        Assert.Contains("regular", Assert.Throws<CacheBackendException>(() => FileBackend.Open(_folder.At("pipe"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Python_ReadsTheFile()
    {
        using (var backend = FileBackend.Open(_folder.Cache))
        {
            backend.Set("\u043a\u043b\u044e\u0447 \ud83d\ude00", System.Text.Encoding.UTF8.GetBytes("caf\u00e9 \ud83d\ude00 \"\\\n\u2028"));
            backend.Set("a", "1"u8.ToArray());
        }

        const string Program = "import json, sys; d = json.loads(open(sys.argv[1], encoding='utf-8').read()); print(json.dumps(d)); assert all(isinstance(v, str) for v in d.values())";
        Process python;
        try
        {
            python = Process.Start(new ProcessStartInfo("python3", ["-c", Program, _folder.Cache]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip("Needs python3.");
            return;
        }

        using (python)
        {
            var printed = await python.StandardOutput.ReadToEndAsync();
            await python.WaitForExitAsync();
            Assert.Equal(0, python.ExitCode);
            Assert.Contains("\"a\": \"1\"", printed, StringComparison.Ordinal);
            File.Delete(_folder.Cache + ".meta");
            File.WriteAllText(_folder.Cache, printed);
        }

        using var reopened = FileBackend.Open(_folder.Cache);
        Assert.Equal("caf\u00e9 \ud83d\ude00 \"\\\n\u2028", System.Text.Encoding.UTF8.GetString(reopened.Get("\u043a\u043b\u044e\u0447 \ud83d\ude00")!));
    }

    private static void Skip(string reason)
    {
        Assert.False(Environment.GetEnvironmentVariable("CISTERN_REQUIRE_SERVICES") == "1", reason);
        Assert.Skip(reason);
    }

    private string Seed()
    {
        File.WriteAllText(_folder.Cache, "{\"a\": \"1\"}");
        return _folder.Cache;
    }

    // As a fork does, until the new process becomes its own program.
#pragma warning disable SYSLIB1054 // The generated kind needs unsafe code, which this project does without.
    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "dup")]
    private static extern nint Duplicate(int descriptor);
#pragma warning restore SYSLIB1054
}
