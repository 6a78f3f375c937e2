//! How is an archive masked?
//!
//! File by file, each like a file of a directory; what comes out is an archive of the same kind. A file that cannot be read
//! is left out and listed, and the others go on.

use std::io;

use super::cutter::{Place, Stopped, broken, read_text};
use super::{Event, Lane, Settings};
use crate::engine::Engine;
use crate::error::Result;
use crate::format::by_name;
use crate::sink::{Entry, Target};
use crate::source::{Archive, Input, Member, MemberKind};

/// Reads the archive that a job's input is; `false` when the writer is gone.
pub(super) fn read_archive(
    engine: &Engine,
    Place { path, name, target, .. }: Place,
    mut input: Input,
    settings: &Settings,
    lane: &mut dyn Lane,
) -> Result<bool> {
    let mut format = None;
    let settled = input.settle().and_then(|()| match (&settings.findings_column, input.archive) {
        // Said once for all sheets.
        (Some(column), Some(Archive::Workbook)) => input.back().add_findings(column),
        _ => Ok(()),
    });
    if let Err(error) = settled {
        return broken(Place { path, name, target: Target::Nowhere, format }, error, lane);
    }
    let Some(kind) = input.archive else { return Ok(true) };
    // Of a sheet the form is known; any other file says its own.
    format = by_name("tsv").filter(|_| kind == Archive::Workbook);
    // Where nothing is kept there is still a digest.
    let writes = settings.one_output.is_none();
    if !lane.event(Event::Pack { path: path.clone(), target, kind })? {
        return Ok(false);
    }
    let mut names = engine.file_names();
    let mut goes_on = true;
    let mut visit = |member: Member| -> std::result::Result<bool, Stopped> {
        let own = inside(&member.name);
        let masked = names.of(&own);
        let place = Place {
            path: path.join(&own),
            name: format!("{name}/{masked}"),
            target: Target::Nowhere,
            format,
        };
        let entry = Entry {
            name: if settings.keep_names { own } else { masked },
            about: member.about,
            sheet: member.sheet,
        };
        goes_on = match member.kind {
            MemberKind::Directory if writes => lane.event(Event::Directory(entry))?,
            MemberKind::Directory => true,
            MemberKind::Other(what) => broken(place, refusal(&format!("is {what}, and is not read")), lane)?,
            MemberKind::File(bytes) => {
                match Input::open_member(bytes, settings.encoding, settings.key.as_ref()) {
                    Ok(input) if input.archive.is_some() => {
                        let refusal = refusal("is an archive in an archive; unpack it first");
                        broken(place, refusal, lane)?
                    }
                    Ok(input) => {
                        let target = if writes { Target::Member(entry) } else { Target::Nowhere };
                        read_text(engine, Place { target, ..place }, input, settings, lane)?
                    }
                    Err(error) => broken(place, error, lane)?,
                }
            }
        };
        Ok(goes_on)
    };
    match input.each_member(&mut visit) {
        Ok(()) if !goes_on => Ok(false),
        // What stands behind the last file belongs to the digest, and a check sum of the packing may stand there.
        Ok(()) => match io::copy(&mut input, &mut io::sink()) {
            Ok(_) => lane.event(Event::Unpacked { digest: Box::new(input.digest()) }),
            Err(error) => lane.event(Event::Broken { error }),
        },
        Err(Stopped::Input(error)) => lane.event(Event::Broken { error }),
        Err(Stopped::Run(error)) => Err(error),
    }
}

fn refusal(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// A member's path without what leads out of a directory: it is unpacked elsewhere one day.
fn inside(name: &str) -> String {
    let parts = name.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    let inside = parts.collect::<Vec<_>>().join("/");
    if inside.is_empty() { "-".to_owned() } else { inside }
}
