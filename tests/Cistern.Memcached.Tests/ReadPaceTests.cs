namespace Cistern.Tests;

/// <summary>How many names a piece of a bulk read asks for.</summary>
public sealed class ReadPaceTests
{
    [Fact]
    public void Names_BeforeAnyAnswer_AreFew() => Assert.InRange(new ReadPace().Names, 1, 64);

    [Fact]
    public void Names_AfterLargeValues_AreFewAtOnce()
    {
        var pace = new ReadPace();
        pace.Learn(8, 8 * 1024 * 1024);
        Assert.Equal(1, pace.Names);
    }

    [Fact]
    public void Names_AfterSmallValues_GrowToTheirMost()
    {
        var pace = new ReadPace();
        for (var i = 0; i < 5; i++) pace.Learn(pace.Names, pace.Names * 100L);
        Assert.Equal(256, pace.Names);
    }

    [Fact]
    public void Names_WhateverWasLearnt_AreAtLeastOne()
    {
        var pace = new ReadPace();
        pace.Learn(1, long.MaxValue - 1);
        Assert.Equal(1, pace.Names);
        pace.Learn(1, 0);
        pace.Learn(1, int.MaxValue);
        Assert.Equal(1, pace.Names);
    }
}
