namespace Cistern.Tests.Memory;

public sealed class LearnedRoomTests
{
    private const int SegmentBytes = 800;

    private readonly LearnedRoom _room = new(SegmentBytes);

    [Fact]
    public void Room_OfWhichNothingIsKnown_HoldsEverything()
    {
        Assert.False(_room.IsKnown);
        Assert.True(_room.Holds(long.MaxValue));
        _room.Raise(LearnedRoom.SegmentsToRaise);
        Assert.False(_room.IsKnown);
    }

    [Fact]
    public void Room_ThatWasLearned_HoldsThatMuch()
    {
        _room.Learn(10_000);
        Assert.True(_room.Holds(10_000));
        Assert.False(_room.Holds(10_001));
    }

    [Fact]
    public void Room_WhereWhatIsKeptHadNone_IsAPartOfASegmentLess()
    {
        _room.Lower(10_000);
        Assert.True(_room.Holds(9_900));
        Assert.False(_room.Holds(9_901));
    }

    [Theory]
    [InlineData(0, 10_000)]
    [InlineData(LearnedRoom.SegmentsToRaise - 1, 10_000)]
    [InlineData(LearnedRoom.SegmentsToRaise, 10_100)]
    [InlineData(LearnedRoom.SegmentsToForget, 10_100)]
    public void Room_WhereSegmentsAreLeft_IsRaised(long more, long bytes)
    {
        _room.Learn(10_000);
        _room.Raise(more);
        Assert.True(_room.Holds(bytes));
        Assert.False(_room.Holds(bytes + 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_599)]
    public void Room_LearnedOfNearlyNothing_IsTwoSegments(long liveBytes)
    {
        _room.Learn(liveBytes);
        Assert.True(_room.Holds(1_600));
        Assert.False(_room.Holds(1_601));
    }

    [Fact]
    public void Room_ThatIsForgotten_IsUnknown()
    {
        _room.Learn(10_000);
        _room.Forget();
        Assert.False(_room.IsKnown);
        Assert.True(_room.Holds(long.MaxValue));
    }
}
