package forums

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The kinds of the refs of the door.
const (
	KindDevice = "forum_device"
	KindScan   = "forum_scan"
)

// keepKeys is how many days after the forum a device can still bring what it read.
const keepKeys = 14

// Device is a phone or a tablet at the door of a forum. It reads badges without a
// network and brings what it has read when there is one.
type Device struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	ForumID ref.ID `json:"forum_id"`
	// Name is where it stands: "Entrance 1".
	Name string `json:"name"`
	// Until is when its link and its key end.
	Until db.Time `json:"until"`
	// Opened and Closed are zero while nobody has opened, or closed, it.
	Opened db.Time `json:"opened_at"`
	Closed db.Time `json:"closed_at"`
}

// Ref names the device.
func (d Device) Ref() ref.Ref {
	return ref.Ref{Kind: KindDevice, ID: d.ID, Title: i18n.Text{}, Path: "/forums/" + d.ForumID.String() + "/door"}
}

// JournalVersion is the version of the row.
func (d Device) JournalVersion() int64 { return d.Version }

// Scan is one badge that was read, or one person who came without one.
type Scan struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	ForumID ref.ID `json:"forum_id"`
	// DeviceID and Seq name the reading: what is brought twice is one scan. A page of
	// the portal is the device 0.
	DeviceID ref.ID `json:"device_id"`
	Seq      int64  `json:"seq"`
	// SessionID is where somebody came in, 0 for the door of the forum.
	SessionID ref.ID `json:"session_id"`
	Code      string `json:"code"`
	// RegistrationID is whose code it is, 0 where it is nobody's.
	RegistrationID ref.ID  `json:"registration_id"`
	Outcome        Outcome `json:"outcome"`
	// At is when it was read, Merged when the portal learned of it.
	At     db.Time `json:"scanned_at"`
	Merged db.Time `json:"merged_at"`
}

// Ref names the scan without saying of whom it is.
func (x Scan) Ref() ref.Ref {
	return ref.Ref{Kind: KindScan, ID: x.ID, Title: i18n.Text{}, Path: "/forums/" + x.ForumID.String() + "/door"}
}

// JournalVersion is the version of the row.
func (x Scan) JournalVersion() int64 { return x.Version }

// Outcome is what a scan turned out to be.
type Outcome string

// The outcomes of a scan. Who Entered is counted, once; the others are told and
// count nobody.
const (
	Entered Outcome = "entered"
	Again   Outcome = "again"   // had entered before: a badge shown twice, printed twice or copied
	Revoked Outcome = "revoked" // whose registration is not, or no longer, admitted
	Unknown Outcome = "unknown" // nobody's code
	// Reused is no scan: its number was used for another reading, which stays.
	Reused Outcome = "reused"
)

// Key is the message key of the outcome.
func (o Outcome) Key() string { return "forums.outcome." + string(o) }

// Tone is how an outcome is coloured.
func (o Outcome) Tone() string {
	switch o {
	case Entered:
		return "good"
	case Again:
		return "wait"
	}
	return "late"
}

// outcome judges a scan: whose code it is, if anybody's, and whether that person has
// entered there before.
func outcome(x Registration, known, before bool) Outcome {
	switch {
	case !known:
		return Unknown
	case x.State != Admitted:
		return Revoked
	case before:
		return Again
	}
	return Entered
}

// badgePrefix begins what the code of a badge says.
const badgePrefix = "BIRGE"

// BadgeText is what the code of a badge says: of which forum and whose it is.
func BadgeText(forum ref.ID, code string) string {
	return badgePrefix + ":" + strings.ToUpper(forum.String()) + ":" + code
}

// codeLength is how many characters a code has.
const codeLength = 7

// ReadCode reads a code that was typed, with look-alike letters and in any case, or
// the text of a badge; ok is false for a badge of another forum and for what is no
// code.
func ReadCode(forum ref.ID, text string) (code string, ok bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if rest, is := strings.CutPrefix(text, badgePrefix+":"); is {
		of, code, _ := strings.Cut(rest, ":")
		if id, ok := ref.ParseID(of); !ok || id != forum {
			return "", false
		}
		text = code
	}
	code = strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(text)
	return code, isCode(code)
}

func isCode(s string) bool {
	return len(s) == codeLength && strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789ABCDEFGHJKMNPQRSTVWXYZ", r) }) < 0
}

// mended is when something was read by the portal's clock: by the clock of a device
// that says now while the portal says here. Never later than now, never before the
// device was opened.
func mended(read, now, here, opened time.Time) time.Time {
	at := read.Add(here.Sub(now))
	if at.Before(opened) {
		at = opened
	}
	if at.After(here) {
		at = here
	}
	return at
}

// Initials are the least of a name by which somebody at the door can tell that a
// badge is its bearer's: "А. С.".
func Initials(name string) string {
	var out []string
	for word := range strings.FieldsSeq(name) {
		r, _ := utf8.DecodeRuneInString(word)
		if out = append(out, strings.ToUpper(string(r))+"."); len(out) == 2 {
			break
		}
	}
	return strings.Join(out, " ")
}

// Newcomer is somebody who came without having registered.
type Newcomer struct {
	Name string `json:"name"`
	Org  string `json:"org"`
	Kind Group  `json:"kind"`
}

// longestName is how many characters a name at the door may have.
const longestName = 200

// tidy is the newcomer as he is kept; what a device has taken down is never refused.
func (n Newcomer) tidy() Newcomer {
	cut := func(s string) string {
		r := []rune(strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(s), "\x00", ""), ""))
		return string(r[:min(len(r), longestName)])
	}
	n.Name, n.Org = cut(n.Name), cut(n.Org)
	if !slices.Contains(Groups, n.Kind) {
		n.Kind = "guest"
	}
	return n
}

// speaks judges whether a device can still bring what it read.
func (d Device) speaks(now time.Time) error {
	if !d.Closed.IsZero() || now.After(d.Until.Time) {
		return problem.New(problem.Forbidden, "forums.device_closed")
	}
	return nil
}
