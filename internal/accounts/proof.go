package accounts

import (
	"context"
	"strings"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Proof is an act of another room that waits until somebody shows, by a mailed link,
// that letters to the address reach them. It is done at the address's word alone: no
// account is needed.
type Proof struct {
	Act   string // the name of the act, as rights and journal name it
	Email string
	Data  string // what is to be done, in the words of the room
	Until db.Time
}

// ProofLife is how long the link of a proof works.
const ProofLife = 3 * 24 * time.Hour

// Letters that prove an address for an act are counted apart from those by which one
// signs in. A whole hall may come from one network address.
var (
	proofsTo = limit{"proofs-to:", 10, time.Hour}
	proofsBy = limit{"proofs-by:", 300, time.Hour}
)

// AskProof keeps what is to be done, and gives the secret of the link that the room
// mails to the address. It answers TooMany to who asks too often, and Invalid, field
// email, to what is no address.
func AskProof(ctx context.Context, tx *db.Tx, from Knock, p Proof) (token string, until db.Time, err error) {
	p.Email = strings.TrimSpace(p.Email)
	if !validEmail(p.Email) {
		return "", until, (problem.Fields{"email": {Key: "accounts.email.wrong"}}).Err()
	}
	if err := admit(ctx, tx, try{proofsTo, FoldEmail(p.Email)}, try{proofsBy, from.Address}); err != nil {
		return "", until, err
	}
	token = newToken()
	t, err := issue(ctx, tx, token, ticket{purpose: p.Act, email: p.Email, data: p.Data}, ProofLife)
	return token, t.until, err
}

// ProofOf reads what a link would do, without doing it. A link that is wrong, used or
// too old has one answer, NotFound.
func ProofOf(ctx context.Context, tx *db.Tx, act, token string) (Proof, error) {
	t, err := ticketOf(ctx, tx, act, token)
	return Proof{Act: act, Email: t.email, Data: t.data, Until: t.until}, err
}

// Prove uses the link up, once: the address is proved, and the room does what waited.
func Prove(ctx context.Context, tx *db.Tx, act, token string) (Proof, error) {
	t, err := redeem(ctx, tx, act, token)
	return Proof{Act: act, Email: t.email, Data: t.data, Until: t.until}, err
}

// heldCodes bounds guessing of codes on badges: a whole hall may type them from one
// network address.
var heldCodes = limit{"held-codes:", 2000, time.Hour}

// GuessCode counts a try at a code that people hold for something, in a transaction of
// its own before the code is judged, so that a wrong one stays counted.
func GuessCode(ctx context.Context, tx *db.Tx, from Knock, of ref.ID) error {
	return admit(ctx, tx, try{heldCodes, of.String() + " " + from.Address})
}
