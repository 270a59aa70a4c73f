using Cistern.Tests.Writing;

namespace Cistern.Tests;

/// <summary>Who wants to know that a backend has lost its entries.</summary>
public sealed class EmptiedTests
{
    [Fact]
    public void Emptied_SeveralHandlers_AreAllToldWhateverOneThrows()
    {
        using var backend = new HookedBackend();
        var told = new List<string>();
        EventHandler second = (_, _) => told.Add("second");
        backend.Emptied += (_, _) => throw new InvalidOperationException("a handler's own");
        backend.Emptied += second;
        backend.Emptied += (sender, _) => told.Add(ReferenceEquals(sender, backend) ? "third" : "a stranger");
        backend.Lose();
        Assert.Equal(["second", "third"], told);
        backend.Emptied -= second;
        backend.Lose();
        Assert.Equal(["second", "third", "third"], told);
    }

    [Fact]
    public void Emptied_Watching_BeginsOnceAndOnlyWhenSomebodyWantsToKnow()
    {
        using var backend = new HookedBackend();
        backend.Lose();
        Assert.Equal(0, backend.Watches);
        EventHandler handler = (_, _) => { };
        backend.Emptied += handler;
        backend.Emptied += handler;
        Assert.Equal((1, 0), (backend.Watches, backend.Unwatches));
        backend.Emptied -= handler;
        Assert.Equal((1, 0), (backend.Watches, backend.Unwatches));
        backend.Emptied -= handler;
        backend.Emptied -= handler;
        Assert.Equal((1, 1), (backend.Watches, backend.Unwatches));
        backend.Emptied += handler;
        Assert.Equal((2, 1), (backend.Watches, backend.Unwatches));
        backend.Dispose();
        Assert.Equal((2, 2), (backend.Watches, backend.Unwatches));
    }

    [Fact]
    public void Emptied_OfADisposedBackend_Throws()
    {
        var backend = new HookedBackend();
        backend.Dispose();
        Assert.Throws<ObjectDisposedException>(() => backend.Emptied += (_, _) => { });
    }
}
