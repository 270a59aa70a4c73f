// Lists the public members that no test runs: PublicCoverage REPORTS-FOLDER ASSEMBLY…
using Cistern.Coverage;

if (args.Length < 2)
{
    Console.Error.WriteLine("usage: PublicCoverage REPORTS-FOLDER ASSEMBLY...");
    return 2;
}

var covered = new CoveredLines(args[0]);
if (covered.Reports == 0)
{
    Console.Error.WriteLine($"{args[0]}: no coverage.cobertura.xml in it.");
    return 2;
}

int members = 0, reached = 0;
foreach (var assembly in args[1..])
{
    foreach (var member in PublicMembers.Read(assembly))
    {
        members++;
        if (member.Lines.Any(line => covered.Contains(line.File, line.Line))) reached++;
        else Console.WriteLine($"not covered: {Path.GetFileNameWithoutExtension(assembly)}: {member.Name}");
    }
}

Console.WriteLine($"public members covered: {reached} of {members}");
return reached == members ? 0 : 1;
