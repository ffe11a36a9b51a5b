package awards

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindCertificate is the kind of the ref of a certificate.
const KindCertificate = "award_certificate"

// Certificate is the document of a laureate. Its facts are signed in a code that
// stands on it, and the file is signed over its bytes, so both can be checked without
// the portal.
type Certificate struct {
	ID         ref.ID `json:"id"`
	Version    int64  `json:"version"`
	LaureateID ref.ID `json:"laureate_id"`
	RoundID    ref.ID `json:"round_id"`
	Number     string `json:"number"`
	// Person tells that it is a private person's: theirs alone to read.
	Person bool `json:"person"`
	// Code is the facts and their signature, as in the address on the document.
	Code   string  `json:"code"`
	SHA256 string  `json:"sha256"` // of the file
	MadeAt db.Time `json:"made_at"`
	// SentAt is when the laureate was written to last, SendReason why once more.
	SentAt       db.Time   `json:"sent_at"`
	SendReason   i18n.Text `json:"send_reason"`
	RevokedAt    db.Time   `json:"revoked_at"`
	RevokeReason i18n.Text `json:"revoke_reason"`
	Sample       bool      `json:"sample"`
}

// Ref names the certificate by the address of its file.
func (c Certificate) Ref() ref.Ref {
	n := "№ " + c.Number
	return ref.Ref{Kind: KindCertificate, ID: c.ID, Title: i18n.Text{KK: n, RU: n, EN: n}, Path: "/certificates/" + c.ID.String()}
}

// Root is the round.
func (c Certificate) Root() ref.Ref { return ref.Ref{Kind: KindRound, ID: c.RoundID} }

// JournalVersion is the version of the row.
func (c Certificate) JournalVersion() int64 { return c.Version }

// Public tells that everybody may read the certificate: not a private person's.
func (c Certificate) Public() bool { return !c.Person }

// CheckPath is the page that checks a code, which stands in the fragment of its
// address and so never leaves the reader's browser.
const CheckPath = "/certificates/check"

// Facts are what a certificate says.
type Facts struct {
	Number string `json:"no"`
	To     string `json:"to"`
	For    string `json:"for"`
	Award  string `json:"award"`
	By     string `json:"by"`
	On     string `json:"on"`
}

// What is signed begins with these words, so that no signature of the portal on
// something else passes for one on a certificate.
const (
	factsPurpose = "birge certificate\n"
	filePurpose  = "birge certificate file\n"
)

type (
	signer  func(data []byte) (keyID string, signature []byte)
	checker func(keyID string, data, signature []byte) bool
)

// encoding takes one way to write the same bytes, so that no letter of a code can be
// changed.
var encoding = base64.RawURLEncoding.Strict()

// Code signs facts: facts, the name of the key and the signature, parted by dots.
func (f Facts) Code(sign signer) (string, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	key, signature := sign(append([]byte(factsPurpose), body...))
	return encoding.EncodeToString(body) + "." + key + "." + encoding.EncodeToString(signature), nil
}

// ReadCode gives the facts of a code that one of the portal's keys signed. A whole
// address with the code in its fragment is taken too.
func ReadCode(code string, check checker) (f Facts, err error) {
	if _, fragment, ok := strings.Cut(code, "#"); ok {
		code = fragment
	}
	parts := strings.Split(strings.Join(strings.Fields(code), ""), ".")
	if len(parts) != 3 {
		return f, problem.New(problem.Invalid, "awards.code.unreadable")
	}
	body, bad := encoding.DecodeString(parts[0])
	signature, worse := encoding.DecodeString(parts[2])
	if bad != nil || worse != nil {
		return f, problem.New(problem.Invalid, "awards.code.unreadable")
	}
	if !check(parts[1], append([]byte(factsPurpose), body...), signature) {
		return f, problem.New(problem.Invalid, "awards.code.false")
	}
	if err := json.Unmarshal(body, &f); err != nil {
		return f, problem.New(problem.Invalid, "awards.code.unreadable")
	}
	return f, nil
}

// sealMark begins the line after the end of the document that carries number, key
// and signature; readers of documents pass over it.
const sealMark = "\n%birge-certificate "

// Seal signs a document over its bytes and its number.
func Seal(document []byte, number string, sign signer) []byte {
	key, signature := sign(sealed(document, number))
	return append(bytes.Clone(document), sealMark+number+" "+key+" "+encoding.EncodeToString(signature)+"\n"...)
}

func sealed(document []byte, number string) []byte {
	return append([]byte(filePurpose+number+"\n"), document...)
}

// ReadSeal gives the number of a sealed document when not one byte of it has
// changed.
func ReadSeal(file []byte, check checker) (number string, err error) {
	at := bytes.LastIndex(file, []byte(sealMark))
	if at < 0 {
		return "", problem.New(problem.Invalid, "awards.file.unsealed")
	}
	parts := strings.Split(strings.TrimSuffix(string(file[at+len(sealMark):]), "\n"), " ")
	if len(parts) != 3 {
		return "", problem.New(problem.Invalid, "awards.file.unsealed")
	}
	signature, err := encoding.DecodeString(parts[2])
	if err != nil || !check(parts[1], sealed(file[:at], parts[0]), signature) {
		return "", problem.New(problem.Invalid, "awards.file.false")
	}
	return parts[0], nil
}
