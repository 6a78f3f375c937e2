//! IPv6 addresses, as the standard library reads them.

use super::{Candidate, Check};

/// See the file's head.
pub(super) const CHECK: Check = Check { name: "ipv6", about: "parses as an IPv6 address (RFC 4291)", holds };

fn holds(candidate: &Candidate) -> bool {
    // `a::b` in `a::b::c` is no address.
    let (text, start, end) = (candidate.text, candidate.start, candidate.end);
    let part = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_hexdigit() || *b == b':');
    let goes_on = match text.get(end) {
        Some(b':') => part(text.get(end + 1)),
        next => text[end - 1] == b':' && part(next),
    };
    let began = start >= 2
        && (text[start] == b':' && part(text.get(start - 1))
            || text[start - 1] == b':' && part(text.get(start - 2)));
    if goes_on || began {
        return false;
    }
    std::str::from_utf8(candidate.value()).is_ok_and(|value| value.parse::<std::net::Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::super::holds;
    use super::CHECK;

    #[test]
    fn addresses() {
        assert!(holds(&CHECK, "2001:db8::1"));
        assert!(!holds(&CHECK, "12:30:45"));
    }
}
