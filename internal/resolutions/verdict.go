package resolutions

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// askProposer asks the guest who proposed an item, once it is said to be done, to
// judge that by a mailed link. Nobody is asked whose address is not known any more:
// who keeps the document judges then, as also after the link is too old.
func (s *Service) askProposer(ctx context.Context, tx *db.Tx, p part) error {
	if p.ProposerGuest == 0 || s.Post == nil {
		return nil
	}
	g, ok, err := guestByID(ctx, tx, p.ProposerGuest)
	if err != nil || !ok || g.Email == "" {
		return err
	}
	l := GuestLetter{News: NewsJudge, Email: g.Email, Lang: g.Lang, Text: p.Text, Document: p.of, Path: p.Ref().Path, Proof: p.Proof}
	if l.Token, l.Until, err = newLink(ctx, tx, p.ID, g.ID); err != nil {
		return err
	}
	return s.post(ctx, tx, l)
}

// askedUntil is until when the guest who proposed an item may judge it, zero where
// nobody is asked.
func askedUntil(ctx context.Context, tx *db.Tx, i Item) (db.Time, error) {
	if i.ProposerGuest == 0 || i.Stage != ItemDone {
		return db.Time{}, nil
	}
	l, _, err := db.Maybe(ctx, tx, scanLink, workingLink+`item_id = $2 AND to_id = $3`, db.At(tx.Now()), i.ID, i.ProposerGuest)
	return l.until, err
}

// Question is the item that a guest is asked to judge.
type Question struct {
	Item     Item
	Document Document
	Until    db.Time
}

// Asking is by what a guest comes to judge: the link of the letter that asks, or with
// Item the link to the page of what they said.
type Asking struct {
	Token string
	Item  ref.ID
}

// questionOf reads what is asked. A link that is wrong, used, too old, or of an item
// that is not judged now has one answer.
func questionOf(ctx context.Context, tx *db.Tx, a Asking) (p part, until db.Time, err error) {
	var l link
	if a.Item == 0 {
		l, err = db.One(ctx, tx, scanLink, workingLink+`token_hash = $2`, db.At(tx.Now()), hashOf(a.Token))
	} else {
		var g guest
		if g, err = guestByToken(ctx, tx, a.Token); err == nil {
			l, err = db.One(ctx, tx, scanLink, workingLink+`item_id = $2 AND to_id = $3`, db.At(tx.Now()), a.Item, g.ID)
		}
	}
	if err != nil {
		return p, until, orLinkOver(err)
	}
	p, err = partIn(ctx, tx, l.item)
	if err == nil && (p.ProposerGuest != l.to || p.Stage != ItemDone) {
		err = linkOver()
	}
	return p, l.until, err
}

// Question shows what a guest is asked to judge. It changes nothing.
func (s *Service) Question(ctx context.Context, a Asking) (q Question, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, until, err := questionOf(ctx, tx, a)
		q = Question{p.Item, p.of, until}
		return err
	})
	return q, err
}

// JudgeByLink takes the word of the guest who proposed an item, once: that it is done,
// or why it is not.
func (s *Service) JudgeByLink(ctx context.Context, a Asking, confirm bool, why i18n.Text) (i Item, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, _, err := questionOf(ctx, tx, a)
		if err != nil {
			return err
		}
		err = tx.ExecOne(ctx, `UPDATE resolution_links SET used_at = $1 WHERE item_id = $2 AND to_id = $3 AND used_at IS NULL`, db.At(tx.Now()), p.ID, p.ProposerGuest)
		if problem.Is(err, problem.Conflict) { // the same link was quicker
			return linkOver()
		}
		if err != nil {
			return err
		}
		if err := spoke(ctx, tx, p.ProposerGuest); err != nil {
			return err
		}
		i, err = s.judge(ctx, tx, access.Portal("proposer_link"), p, confirm, why, true)
		return err
	})
	return i, err
}

// Grown is an item that grew from what a guest proposed. JudgeUntil is until when they
// may judge it, zero while they are not asked.
type Grown struct {
	Item       Item     `json:"item"`
	Standing   Standing `json:"standing"`
	JudgeUntil db.Time  `json:"judge_until"`
}

// grownFrom lists the items that grew from the proposals of a guest, or from those
// into which they were merged.
func (s *Service) grownFrom(ctx context.Context, tx *db.Tx, guest ref.ID) (out []Grown, err error) {
	list, err := db.All(ctx, tx, scanItem, `WITH RECURSIVE said (said_id) AS (
		SELECT id FROM resolution_proposals WHERE by_guest = $1
		UNION SELECT p.merged_into FROM resolution_proposals p JOIN said ON p.id = said_id WHERE p.merged_into IS NOT NULL)
		SELECT `+itemColumns+` FROM resolution_items WHERE proposer_guest = $1 OR proposal_id IN (SELECT said_id FROM said) ORDER BY id`, guest)
	if err != nil {
		return nil, err
	}
	for _, i := range list {
		o, err := s.owedFor(ctx, tx, part{i, Document{ID: i.DocumentID}})
		if err != nil {
			return nil, err
		}
		g := Grown{Item: i, Standing: i.Standing(o, s.today(tx))}
		if i.ProposerGuest == guest {
			if g.JudgeUntil, err = askedUntil(ctx, tx, i); err != nil {
				return nil, err
			}
		}
		out = append(out, g)
	}
	return out, nil
}
