//! How are Arrow files and streams written again?
//!
//! With the schema, the batches and the packing that they had. Dictionaries of masked columns grow from batch to batch
//! and each message holds what is new, because those of a file must not be replaced.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{DictionaryHandling, FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{FieldRef, SchemaRef};

use super::findings::with_column;
use super::ipc::set_notes_of_schema;
use super::parts::{Build, shown_roots};
use super::plan::Plan;
use super::read_at::guarded;
use super::rows::mismatch;

type Out = Box<dyn Write + Send>;

/// What a stream of messages lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    File,
    Stream,
}

enum Writer {
    File(Box<FileWriter<Out>>),
    Stream(Box<StreamWriter<Out>>),
}

/// Writes an Arrow file or stream like the one that was read.
pub(super) struct Writing {
    schema: SchemaRef,
    roots: Vec<usize>,
    container: Container,
    compression: Option<CompressionType>,
    writer: Option<Writer>,
}

impl Writing {
    pub(super) fn new(
        schema: SchemaRef,
        plan: &Plan,
        container: Container,
        compression: Option<CompressionType>,
    ) -> Writing {
        Writing { schema, roots: shown_roots(plan), container, compression, writer: None }
    }
}

impl Build for Writing {
    fn begin(&mut self, out: Out, notes: Vec<String>, added: Option<&FieldRef>) -> io::Result<()> {
        self.schema = Arc::new(with_column(set_notes_of_schema(&self.schema, notes), added));
        let schema = Arc::clone(&self.schema);
        self.writer = Some(guarded("the schema", || {
            let options = IpcWriteOptions::default()
                .try_with_compression(self.compression)?
                .with_dictionary_handling(DictionaryHandling::Delta);
            match self.container {
                Container::File => FileWriter::try_new_with_options(out, &schema, options)
                    .map(|writer| Writer::File(Box::new(writer))),
                Container::Stream => StreamWriter::try_new_with_options(out, &schema, options)
                    .map(|writer| Writer::Stream(Box::new(writer))),
            }
        })?);
        Ok(())
    }

    fn rows(&mut self, whole: &RecordBatch, mut columns: Vec<ArrayRef>) -> io::Result<()> {
        let mut all = whole.columns().to_vec();
        let added = columns.split_off(self.roots.len());
        for (&root, column) in self.roots.iter().zip(columns) {
            *all.get_mut(root).ok_or_else(mismatch)? = column;
        }
        all.extend(added);
        let schema = Arc::clone(&self.schema);
        let rows = arrow_array::RecordBatchOptions::new().with_row_count(Some(whole.num_rows()));
        let batch = guarded("a batch", || RecordBatch::try_new_with_options(schema, all, &rows))?;
        guarded("writing a batch", || match &mut self.writer {
            Some(Writer::File(writer)) => writer.write(&batch),
            Some(Writer::Stream(writer)) => writer.write(&batch),
            None => Ok(()),
        })
    }

    fn end_group(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Some(Writer::Stream(writer)) => guarded("writing a batch", || writer.flush()),
            _ => Ok(()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        guarded("the footer", || match self.writer.take() {
            Some(Writer::File(mut writer)) => writer.finish(),
            Some(Writer::Stream(mut writer)) => writer.finish(),
            None => Ok(()),
        })
    }
}
