package resolutions

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// linkLife is how long a mailed link works.
const linkLife = 30 * 24 * time.Hour

// News is what a letter to a body tells.
type News string

// The letters.
const (
	NewsAsked    News = "asked"    // with the link by which it answers
	NewsAnswered News = "answered" // somebody answered by the link
)

// Letter tells a body at its registered address of an item.
type Letter struct {
	News     News
	To       orgs.Organization
	Item     Item
	Document Document
	Token    string // of NewsAsked
	Until    db.Time
}

// newToken makes a secret of 128 random bits.
func newToken() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func hashOf(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// newLink makes a link about an item for one answer of a body, or of the guest who
// proposed it. Those that were made for the same before end.
func newLink(ctx context.Context, tx *db.Tx, item, to ref.ID) (token string, until db.Time, err error) {
	now := db.At(tx.Now())
	if _, err := tx.Exec(ctx, `UPDATE resolution_links SET used_at = $1 WHERE item_id = $2 AND to_id = $3 AND used_at IS NULL`, now, item, to); err != nil {
		return "", until, err
	}
	token, until = newToken(), db.At(tx.Now().Add(linkLife))
	_, err = tx.Exec(ctx, `INSERT INTO resolution_links (token_hash, item_id, to_id, made_at, until_at) VALUES ($1,$2,$3,$4,$5)`, hashOf(token), item, to, now, until)
	return token, until, err
}

// mailLink makes a link for one answer about an item and mails it to the body.
func (s *Service) mailLink(ctx context.Context, tx *db.Tx, p part, body orgs.Organization) error {
	if s.Tell == nil {
		return nil
	}
	token, until, err := newLink(ctx, tx, p.ID, body.ID)
	if err != nil {
		return err
	}
	return s.Tell(ctx, tx, Letter{News: NewsAsked, To: body, Item: p.Item, Document: p.of, Token: token, Until: until})
}

// SendLink mails a new link to the owner of an item.
func (s *Service) SendLink(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.act(ctx, id, 0, s.keeper(by), func(tx *db.Tx, _ access.Actor, p part) error {
		body, err := bodyIn(ctx, tx, p.OwnerID)
		switch {
		case err != nil:
			return err
		case body.Mail == "":
			return problem.New(problem.Conflict, "resolutions.item.no_mail")
		case p.Stage != ItemAssigned && p.Stage != ItemAccepted && p.Stage != ItemInWork:
			return problem.New(problem.Conflict, "resolutions.item.nothing_to_answer")
		}
		return s.mailLink(ctx, tx, p, body)
	})
}

// link is a link that still works: to whom it was mailed, about which item.
type link struct {
	item, to ref.ID
	until    db.Time
}

func scanLink(r db.Row) (l link, err error) {
	err = r.Scan(&l.item, &l.to, &l.until)
	return l, err
}

const workingLink = `SELECT item_id, to_id, until_at FROM resolution_links WHERE used_at IS NULL AND until_at > $1 AND `

// linkIn reads a link of a body that still works. A link that is wrong, used, too old,
// or whose body is asked no more has one answer.
func linkIn(ctx context.Context, tx *db.Tx, token string) (part, error) {
	l, err := db.One(ctx, tx, scanLink, workingLink+`token_hash = $2`, db.At(tx.Now()), hashOf(token))
	if err != nil {
		return part{}, orLinkOver(err)
	}
	p, err := partIn(ctx, tx, l.item)
	if err == nil && p.OwnerID != l.to {
		err = linkOver()
	}
	return p, err
}

// Linked shows what a link is about. It changes nothing.
func (s *Service) Linked(ctx context.Context, token string) (i Item, d Document, body ref.Ref, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := linkIn(ctx, tx, token)
		if err != nil {
			return err
		}
		i, d = p.Item, p.of
		names, err := orgs.Refs(ctx, tx, []ref.ID{p.OwnerID})
		body = names[p.OwnerID]
		return err
	})
	return i, d, body, err
}

// LinkAnswer is what the holder of a link says: a reply while the item is only asked
// for, that it is done afterwards.
type LinkAnswer struct {
	Reply
	Proof     i18n.Text
	ProofLink string
}

// AnswerByLink takes one answer by a link and uses it up. The body is told at its
// registered address, and the item says that the answer came by a link.
func (s *Service) AnswerByLink(ctx context.Context, token string, a LinkAnswer) (i Item, err error) {
	by := access.Portal("answer_link")
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := linkIn(ctx, tx, token)
		if err != nil {
			return err
		}
		if p.Stage == ItemAssigned {
			err = s.reply(ctx, tx, by, p, a.Reply, true)
		} else {
			err = s.finish(ctx, tx, by, p, a.Proof, a.ProofLink, true)
		}
		if err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `UPDATE resolution_links SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL`, db.At(tx.Now()), hashOf(token)); err != nil {
			return err
		}
		return s.tellAnswered(ctx, tx, p.ID, &i)
	})
	return i, err
}

// tellAnswered tells the body that somebody answered for it by the link.
func (s *Service) tellAnswered(ctx context.Context, tx *db.Tx, id ref.ID, i *Item) error {
	p, err := partIn(ctx, tx, id)
	if err != nil {
		return err
	}
	*i = p.Item
	body, err := bodyIn(ctx, tx, p.OwnerID)
	if err != nil || s.Tell == nil || body.Mail == "" {
		return err
	}
	return s.Tell(ctx, tx, Letter{News: NewsAnswered, To: body, Item: p.Item, Document: p.of})
}
