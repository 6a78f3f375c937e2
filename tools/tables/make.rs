//! Makes a table of invented verbatims, as Parquet and as text, to measure with.
//!
//!     cargo run --release --example make_tables -- 10000000 /tmp/verbatims
//!
//! writes `/tmp/verbatims.parquet`, `.txt`, `.csv` and `.jsonl` with the same rows. Every value is drawn at random and
//! belongs to nobody; the same number of rows always gives the same files.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Arc;

use arrow_array::{Int8Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

const SAID: &[&str] = &[
    "tout va bien, commande reçue en deux jours",
    "the agent was friendly but nobody called me back",
    "la facture du mois dernier est trop élevée, merci de vérifier",
    "great service, no complaints at all",
    "je ne comprends pas le nouveau contrat et j'attends une réponse",
    "delivery was late twice and the box was open",
    "rien à signaler",
    "waited forty minutes on the line before somebody answered",
];
const NAMES: &[&str] = &["Marie Dupont", "John Smith", "Claire Lefebvre", "Oliver Jones", "Camille Moreau"];
const ROWS: usize = 1 << 14;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rows: usize = arguments.next().ok_or("how many rows?")?.parse()?;
    let out = arguments.next().ok_or("where to?")?;
    let text = Arc::new(Schema::new(vec![
        Field::new("id", DataType::Int64, false),
        Field::new("score", DataType::Int8, true),
        Field::new("verbatim", DataType::Utf8, true),
    ]));
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let create = |end: &str| File::create(format!("{out}.{end}"));
    let mut parquet = ArrowWriter::try_new(create("parquet")?, Arc::clone(&text), Some(properties))?;
    let (mut plain, mut csv, mut json) =
        (BufWriter::new(create("txt")?), BufWriter::new(create("csv")?), BufWriter::new(create("jsonl")?));
    writeln!(csv, "id,score,verbatim")?;
    let (mut random, mut bytes) = (1u64, 0);
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 11) as usize % below
    };
    for first in (0..rows).step_by(ROWS) {
        let numbers = first..rows.min(first + ROWS);
        let mut verbatims = Vec::with_capacity(numbers.len());
        for number in numbers.clone() {
            let said = SAID[next(SAID.len())];
            let verbatim = match next(10) {
                0 => format!(
                    "{said}, rappelez-moi au 06 {:02} {:02} {:02} {:02}",
                    next(100),
                    next(100),
                    next(100),
                    next(100)
                ),
                1 => format!("{said}; my name is {}", NAMES[next(NAMES.len())]),
                2 => format!("{said} c{}@example.com", next(1_000_000)),
                _ => format!("{said} ({})", next(1000)),
            };
            bytes += verbatim.len();
            writeln!(plain, "{verbatim}")?;
            writeln!(csv, "{number},{},\"{verbatim}\"", number % 11)?;
            writeln!(json, "{{\"id\":{number},\"score\":{},\"verbatim\":\"{verbatim}\"}}", number % 11)?;
            verbatims.push(verbatim);
        }
        let columns: Vec<arrow_array::ArrayRef> = vec![
            Arc::new(Int64Array::from_iter_values(numbers.clone().map(|number| number as i64))),
            Arc::new(Int8Array::from_iter_values(numbers.map(|number| (number % 11) as i8))),
            Arc::new(StringArray::from(verbatims)),
        ];
        parquet.write(&RecordBatch::try_new(Arc::clone(&text), columns)?)?;
    }
    parquet.close()?;
    plain.flush()?;
    csv.flush()?;
    json.flush()?;
    let mut report = std::io::stderr();
    writeln!(report, "{rows} rows, {bytes} bytes of verbatims")?;
    Ok(())
}
