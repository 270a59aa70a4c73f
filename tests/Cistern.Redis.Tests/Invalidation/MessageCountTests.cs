namespace Cistern.Tests;

/// <summary>Which messages count as lost.</summary>
public sealed class MessageCountTests
{
    private readonly MessageCount _count = new();

    [Fact]
    public void Messages_InOrder_AreNotLost()
    {
        Assert.False(_count.Look("a", 7));
        for (var number = 8; number < 20; number++)
        {
            _count.Note("a", number);
            Assert.False(_count.Look("a", number));
        }
    }

    [Fact]
    public void Message_ThatIsLateByLessThanALook_IsNotLost()
    {
        _count.Look("a", 0);
        _count.Note("a", 2);
        Assert.False(_count.Look("a", 3));
        _count.Note("a", 3);
        _count.Note("a", 1);
        Assert.False(_count.Look("a", 3));
    }

    [Fact]
    public void Message_ThatDidNotArriveFromOneLookToTheNext_IsLostOnce()
    {
        _count.Look("a", 0);
        _count.Note("a", 1);
        _count.Note("a", 3);
        Assert.False(_count.Look("a", 3));
        Assert.True(_count.Look("a", 3));
        Assert.False(_count.Look("a", 3));
        _count.Note("a", 4);
        Assert.False(_count.Look("a", 4));
        Assert.False(_count.Look("a", 4));
    }

    [Fact]
    public void LastMessage_ThatNothingFollows_IsNoticedToo()
    {
        _count.Look("a", 5);
        Assert.False(_count.Look("a", 6));
        Assert.True(_count.Look("a", 6));
    }

    [Fact]
    public void FirstMessageEver_IsNoLoss()
    {
        Assert.False(_count.Look(null, 0));
        _count.Note("a", 1);
        Assert.False(_count.Look("a", 1));
        Assert.False(_count.Look("a", 1));
    }

    [Fact]
    public void FirstMessageEver_SeenByALookFirst_IsNoLossIfItArrives()
    {
        Assert.False(_count.Look(null, 0));
        Assert.False(_count.Look("a", 1));
        _count.Note("a", 1);
        Assert.False(_count.Look("a", 1));
    }

    [Fact]
    public void FirstMessageEver_ThatDoesNotArrive_IsLost()
    {
        Assert.False(_count.Look(null, 0));
        Assert.False(_count.Look("a", 1));
        Assert.True(_count.Look("a", 1));
    }

    [Theory]
    [InlineData("b", 5)]
    [InlineData("b", 1)]
    [InlineData(null, 0)]
    public void Counter_ThatIsAnother_IsALoss(string? epoch, long number)
    {
        _count.Look("a", 5);
        Assert.True(_count.Look(epoch, number));
        Assert.False(_count.Look(epoch, number));
    }

    [Fact]
    public void Message_OfAnotherCounter_IsALoss()
    {
        _count.Look("a", 5);
        _count.Note("b", 1);
        Assert.True(_count.Look("b", 1));
        Assert.False(_count.Look("b", 1));
    }

    [Fact]
    public void Counter_ThatWentBack_IsALossAndItsNumbersCountAnew()
    {
        _count.Look("a", 5);
        _count.Note("a", 6);
        Assert.False(_count.Look("a", 6));
        Assert.True(_count.Look("a", 4));
        Assert.False(_count.Look("a", 5));
        Assert.True(_count.Look("a", 5));
    }

    [Fact]
    public void Message_ThatArrivesWhileItsLossIsNoticed_IsNotLostAgain()
    {
        _count.Look("a", 5);
        Assert.False(_count.Look("a", 6));
        _count.Note("a", 7);
        Assert.True(_count.Look("a", 6));
        Assert.False(_count.Look("a", 7));
        Assert.False(_count.Look("a", 7));
    }

    [Fact]
    public void CounterThatWentBackAndOvertookItself_AfterAnotherConnection_IsALoss()
    {
        _count.Look("a", 99);
        _count.Note("a", 100);
        Assert.False(_count.Look("a", 100));

        // The server came back at 97; others sent 98 to 100 once more before we were heard again.
        _count.BeginAnew();
        _count.Note("a", 101);
        Assert.True(_count.Look("a", 101));
        _count.Note("a", 102);
        Assert.False(_count.Look("a", 102));
        Assert.False(_count.Look("a", 102));
    }

    [Fact]
    public void Messages_HeardBeforeTheFirstLook_AreCounted()
    {
        _count.Note("a", 8);
        _count.Note("a", 6);
        Assert.False(_count.Look("a", 7));
        Assert.False(_count.Look("a", 8));
        Assert.False(_count.Look("a", 8));
    }
}
