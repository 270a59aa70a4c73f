// Writes the files of samples/catalogue: CatalogueGenerator FOLDER. The same files every time.
using System.Globalization;
using System.Text;
using Samples;

if (args is not [var folder])
{
    Console.Error.WriteLine("usage: CatalogueGenerator FOLDER");
    return 2;
}

var catalogue = new Catalogue(products: 2500, seed: 7);
Write("catalogue.jsonl", catalogue.JsonLines());
Write("catalogue.csv", catalogue.Csv());
Write("access.csv", new AccessLog(catalogue, lookups: 12_000, seed: 11).Csv());
return 0;

void Write(string name, IEnumerable<string> lines)
{
    var path = Path.Combine(folder, name);
    File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {new FileInfo(path).Length} bytes"));
}
