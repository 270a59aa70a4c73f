// Writes one configuration for the runner, inline and the same every time:
// BackfillInput FILE KEYS LOOKUPS MISS_THRESHOLD BACKFILL_BATCH
using System.Globalization;
using System.Text.Json;
using Cistern.Bench;

if (args is not [var file, var keysText, var lookupsText, var thresholdText, var batchText])
{
    Console.Error.WriteLine("usage: BackfillInput FILE KEYS LOOKUPS MISS_THRESHOLD BACKFILL_BATCH");
    return 2;
}

const int Seed = 20261120;
const int ValueCharacters = 100;

var keys = int.Parse(keysText, CultureInfo.InvariantCulture);
var lookups = int.Parse(lookupsText, CultureInfo.InvariantCulture);
var random = new Random(Seed);
var ranks = new ZipfRanks(keys, skew: 0.99, random);
var keyOfRank = Enumerable.Range(0, keys).ToArray();
random.Shuffle(keyOfRank);

using var stream = File.Create(file);
using var json = new Utf8JsonWriter(stream);
json.WriteStartObject();
json.WriteNumber("miss_threshold", double.Parse(thresholdText, CultureInfo.InvariantCulture));
json.WriteNumber("backfill_batch", int.Parse(batchText, CultureInfo.InvariantCulture));
json.WriteStartObject("source");
for (var key = 0; key < keys; key++)
{
    json.WriteString(Key(key), Value(key));
    Flush();
}

json.WriteEndObject();
json.WriteStartArray("lookups");

// The first key is looked up twice: after one hit the miss rate is never 1 again, so a threshold of 1.0 means that no backfill runs.
for (int lookup = 0, first = keyOfRank[ranks.Next()]; lookup < lookups; lookup++)
{
    json.WriteStringValue(Key(lookup < 2 ? first : keyOfRank[ranks.Next()]));
    Flush();
}

json.WriteEndArray();
json.WriteEndObject();
return 0;

static string Key(int key) => string.Create(CultureInfo.InvariantCulture, $"user:{key:D8}:profile");

static string Value(int key) => string.Create(CultureInfo.InvariantCulture, $"value of {key:D8} ").PadRight(ValueCharacters, '.');

void Flush()
{
    if (json.BytesPending > 1 << 16) json.Flush();
}
