package funding

import (
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/signatures"
)

// Way is how an agreement was signed.
type Way string

// The ways of signing.
const (
	ByCopy Way = "copy" // a picture or scan of the paper that was signed by hand
	ByFile Way = "file" // a signature file over the document
)

// Signature is what one side handed in as its signature. The file itself is seen
// by the two sides only: a certificate names a person.
type Signature struct {
	ID          ref.ID `json:"id"`
	AgreementID ref.ID `json:"agreement_id"`
	Side        Side   `json:"side"`
	Way         Way    `json:"way"`
	// FileID is the copy; SHA256 is of the signature file, in hex.
	FileID ref.ID          `json:"file_id,omitempty"`
	SHA256 string          `json:"sha256,omitempty"`
	Seal   signatures.Seal `json:"seal"`
	// Asked tells that the verifier of the operator is to look at it; Wrong that it
	// found that the signature does not hold.
	Asked   bool    `json:"asked,omitempty"`
	Wrong   bool    `json:"wrong,omitempty"`
	At      db.Time `json:"at"`
	By      ref.ID  `json:"by"`
	Version int64   `json:"version"`
	file    []byte
}

// Ref names the signature.
func (g Signature) Ref() ref.Ref {
	return ref.Ref{Kind: KindSignature, ID: g.ID, Path: "/agreements/" + g.AgreementID.String()}
}

// JournalVersion is the version of the row.
func (g Signature) JournalVersion() int64 { return g.Version }

// Public is never: it names who signed.
func (g Signature) Public() bool { return false }

// Root is the agreement on whose page the signature is told.
func (g Signature) Root() ref.Ref { return ref.Ref{Kind: KindAgreement, ID: g.AgreementID} }

// Holds tells that the side has signed: by hand, or with a file that was verified
// or that nobody here can verify. One that still waits for the verifier does not
// hold yet.
func (g Signature) Holds() bool { return !g.Wrong && !g.Asked }

// answered notes what the verifier found.
func (g *Signature) answered(valid bool, verifier string) error {
	if !g.Asked {
		return problem.New(problem.Conflict, "funding.signature.answered")
	}
	g.Asked, g.Wrong = false, !valid
	if valid {
		g.Seal.State, g.Seal.Why, g.Seal.Verifier = signatures.Verified, "", verifier
	}
	return nil
}

// signedBy finds the signature of a side that holds, or that may yet.
func signedBy(list []Signature, s Side) (Signature, bool) {
	for _, g := range list {
		if g.Side == s && !g.Wrong {
			return g, true
		}
	}
	return Signature{}, false
}

// bothHold tells that both sides have signed.
func bothHold(list []Signature) bool {
	for _, s := range Sides {
		if g, ok := signedBy(list, s); !ok || !g.Holds() {
			return false
		}
	}
	return true
}
