//! Are the parts of WAV files told apart, and lies refused?

use std::io::Cursor;

use super::*;

fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let mut out = [name, &(body.len() as u32).to_le_bytes(), body].concat();
    out.extend(std::iter::repeat_n(0, body.len() % 2));
    out
}

/// A format chunk's bytes.
fn fmt(tag: u16, channels: u16, bits: u16) -> Vec<u8> {
    let frame = channels * bits.div_ceil(8);
    let mut out = Vec::new();
    for number in [tag, channels] {
        out.extend(number.to_le_bytes());
    }
    for number in [8000, 8000 * u32::from(frame)] {
        out.extend(number.to_le_bytes());
    }
    for number in [frame, bits] {
        out.extend(number.to_le_bytes());
    }
    out
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF", &(body.len() as u32 + 4).to_le_bytes()[..], b"WAVE", &body].concat()
}

fn read(bytes: &[u8]) -> Result<Wav, Refusal> {
    Wav::read(&mut Cursor::new(bytes))
}

fn plain() -> Vec<u8> {
    chunk(b"fmt ", &fmt(1, 1, 16))
}

fn refused(bytes: &[u8]) -> String {
    match read(bytes) {
        Err(Refusal::Broken(at, what)) => format!("{at} {what}"),
        Err(Refusal::Other(what)) => what,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn samples_and_other_chunks_are_told_apart() {
    let file = riff(&[
        chunk(b"bext", b"Jo Miller"),
        plain(),
        chunk(b"fact", &[0; 4]),
        chunk(b"data", &[1; 6]),
        chunk(b"LIST", b"INFOIART\x04\0\0\0Jo M"),
        chunk(b"cue ", &[0; 4]),
        chunk(b"wxyz", b""),
    ]);
    let wav = read(&file).expect("a WAV");
    assert_eq!((wav.coding, wav.channels, wav.rate), (Coding::Whole(2), 1, 8000));
    assert_eq!(&file[wav.data.start as usize..wav.data.end as usize], &[1; 6]);
    let names: Vec<&[u8]> = wav
        .hidden
        .iter()
        .filter_map(|hidden| Some(&file[hidden.name? as usize..hidden.name? as usize + 4]))
        .collect();
    assert_eq!(names, [&b"bext"[..], b"LIST", b"wxyz"]);
    assert_eq!(wav.hidden[0].bytes, 20..29);
    assert_eq!((wav.frames(), wav.milliseconds()), (3, 1));
}

#[test]
fn codings() {
    let coding = |tag, bits| read(&riff(&[chunk(b"fmt ", &fmt(tag, 2, bits)), chunk(b"data", b"")]));
    for (tag, bits, expected) in [
        (1, 8, Coding::Whole(1)),
        (1, 12, Coding::Whole(2)),
        (1, 24, Coding::Whole(3)),
        (1, 32, Coding::Whole(4)),
        (3, 32, Coding::Float(4)),
        (3, 64, Coding::Float(8)),
        (6, 8, Coding::ALaw),
        (7, 8, Coding::MuLaw),
    ] {
        assert_eq!(coding(tag, bits).expect("known").coding, expected);
    }
    for (tag, bits, what) in
        [(0x11, 4, "IMA"), (0x55, 0, "MP3"), (0x1234, 16, "0x1234"), (0xFFFE, 16, "0xFFFE")]
    {
        let told = refused(&riff(&[chunk(b"fmt ", &fmt(tag, 2, bits)), chunk(b"data", b"")]));
        assert!(told.contains(what), "{told}");
    }
    let mut extensible = fmt(0xFFFE, 1, 24);
    extensible.extend([22, 0, 20, 0, 4, 0, 0, 0, 1, 0]);
    extensible.extend(WAVE_GUID);
    let wav = read(&riff(&[chunk(b"fmt ", &extensible), chunk(b"data", b"")])).expect("known");
    assert_eq!(wav.coding, Coding::Whole(3));
}

#[test]
fn lies_are_refused_with_their_place() {
    let data = |size: u32, body: &[u8]| [b"data", &size.to_le_bytes()[..], body].concat();
    let told = refused(&riff(&[plain(), data(100, &[1; 20])]));
    assert!(told.starts_with("36 the data chunk says 100 bytes, 20 are there"), "{told}");
    let mut wrong = fmt(1, 2, 16);
    wrong[12] = 2;
    assert!(refused(&riff(&[chunk(b"fmt ", &wrong), data(0, b"")])).contains("frames of 2 bytes"));
    for (channels, rate) in [(0u16, 1u8), (300, 1), (1, 0)] {
        let mut wrong = fmt(1, channels, 16);
        wrong[4..8].fill(rate);
        assert!(refused(&riff(&[chunk(b"fmt ", &wrong), data(0, b"")])).contains("channels at"));
    }
    assert!(refused(&riff(&[data(2, &[1; 2]), plain()])).contains("samples before"));
    assert!(refused(&riff(&[plain(), data(2, &[1; 2]), data(2, &[1; 2])])).contains("second data"));
    assert!(refused(&riff(&[plain(), plain(), data(0, b"")])).contains("second format"));
    assert!(refused(&riff(&[plain()])).contains("no data chunk"));
    assert!(refused(&riff(&[])).contains("no format chunk"));
    assert!(refused(&riff(&[chunk(b"fmt ", &[1; 8])])).contains("too few"));
    // Samples whose length was written down modulo 4 GiB.
    assert!(refused(&riff(&[plain(), data(2, &[1; 80_000])])).contains("are no chunk"));
    for (head, what) in [(&b"ID3\x03"[..], "MP3"), (b"OggS", "Ogg"), (b"RIFX", "RIFX"), (b"", "no WAV")] {
        assert!(refused(head).contains(what));
    }
}

#[test]
fn lengths_that_were_never_filled_in() {
    for size in [0, 0x7FFF_F000, u32::MAX] {
        let file = riff(&[plain(), [b"data", &size.to_le_bytes()[..], &[1; 21]].concat()]);
        assert_eq!(read(&file).expect("a WAV").data, 44..65, "{size:x}");
    }
    // No samples at all, and then a chunk.
    let file = riff(&[plain(), chunk(b"data", b""), chunk(b"LIST", b"INFO")]);
    let wav = read(&file).expect("a WAV");
    assert_eq!((wav.data, wav.hidden.len()), (44..44, 1));
}

#[test]
fn odd_lengths_with_filler_and_without() {
    for filler in [&b"\0"[..], b""] {
        let list = [b"LIST", &5u32.to_le_bytes()[..], b"INFOx", filler].concat();
        let data = [b"data", &3u32.to_le_bytes()[..], &[1; 3], filler].concat();
        let wav = read(&riff(&[plain(), list, data, chunk(b"id3 ", b"Jo")])).expect("a WAV");
        assert_eq!((wav.data.end - wav.data.start, wav.hidden.len()), (3, 2), "{filler:?}");
        assert_eq!(wav.hidden[1].name, Some(wav.data.end + filler.len() as u64));
    }
    // The last one ends the file.
    let data = [b"data", &3u32.to_le_bytes()[..], &[1; 3]].concat();
    assert_eq!(read(&riff(&[plain(), data])).expect("a WAV").hidden, []);
}

#[test]
fn what_is_no_chunk_is_hidden() {
    let file = [riff(&[plain(), chunk(b"data", &[1; 4])]), b"TAG\0Jo Miller".to_vec()].concat();
    let wav = read(&file).expect("a WAV");
    assert_eq!(wav.hidden, [Hidden { name: None, bytes: 48..61 }]);
    // One that is cut off, too.
    let file = riff(&[plain(), chunk(b"data", &[1; 4]), [b"id3 ", &99u32.to_le_bytes()[..], b"Jo"].concat()]);
    let wav = read(&file).expect("a WAV");
    assert_eq!(wav.hidden, [Hidden { name: None, bytes: 48..58 }]);
}

#[test]
fn files_of_more_than_four_gigabytes() {
    let mut lengths = vec![0; 8];
    lengths.extend(6u64.to_le_bytes());
    lengths.extend([0; 8]);
    lengths.extend(1u32.to_le_bytes());
    lengths.extend(b"LIST");
    lengths.extend(4u64.to_le_bytes());
    let long = |name: &[u8], body: &[u8]| [name, &[0xFF; 4], body].concat();
    for name in [b"RF64", b"BW64"] {
        let mut file = riff(&[
            chunk(b"ds64", &lengths),
            plain(),
            long(b"data", &[1; 6]),
            long(b"LIST", b"INFO"),
            chunk(b"fact", &[0; 4]),
        ]);
        file[..4].copy_from_slice(name);
        let wav = read(&file).expect("a WAV");
        assert_eq!((wav.data.end - wav.data.start, wav.hidden.len()), (6, 1));
        assert_eq!(wav.hidden[0].bytes.end + 12, wav.length);
        let mut lying = file.clone();
        lying[28] = 200;
        assert!(refused(&lying).contains("the data chunk says 200 bytes"));
    }
}

proptest::proptest! {
    /// Whatever a file says, its parts lie in it and apart, and it is read in no time.
    #[test]
    fn parts_lie_in_the_file(
        noise in proptest::collection::vec((0usize..400, 0u8..), 0..12),
        tail in proptest::collection::vec(0u8.., 0..60),
    ) {
        let mut file = riff(&[
            chunk(b"bext", b"Jo Miller"), plain(), chunk(b"LIST", b"INFOx"), chunk(b"data", &[1; 99]),
            chunk(b"id3 ", b"Jo"), chunk(b"cue ", &[0; 8]),
        ]);
        file.extend(tail);
        for (at, byte) in noise {
            if let Some(place) = file.get_mut(at) {
                *place = byte;
            }
        }
        if let Ok(wav) = read(&file) {
            let end = file.len() as u64;
            let mut parts: Vec<Range<u64>> = wav.hidden.iter().map(|hidden| hidden.bytes.clone()).collect();
            parts.push(wav.data.clone());
            parts.sort_by_key(|part| (part.start, part.end));
            proptest::prop_assert!(parts.iter().all(|part| part.start <= part.end && part.end <= end));
            proptest::prop_assert!(parts.windows(2).all(|two| two[0].end <= two[1].start));
        }
    }
}
