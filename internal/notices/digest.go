package notices

import (
	"context"

	"birge/internal/accounts"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Digest is what a letter tells of what a reader follows.
type Digest struct {
	Day     db.Date
	Changes []Change
	// More counts the pages that the letter leaves to the desk.
	More int
	// Head is the newest signed head of the journal; zero while there is none.
	Head journal.Head
	// Personal tells that the reader has a desk.
	Personal bool
}

const (
	// inLetter is how many pages a letter tells of, onDesk how many the desk keeps.
	inLetter = 30
	onDesk   = 100
	// enqueueStep is how many digests are put in by one transaction.
	enqueueStep = 200
)

// digest is the job that tells one reader of one round.
type digest struct {
	Reader ref.ID  `json:"reader"`
	Day    db.Date `json:"day"`
	// To is the place in the journal up to which the round tells.
	To int64 `json:"to"`
}

func (digest) JobKind() string { return "notices.digest" }

// Register gives the runner the work of telling readers: each morning a round of
// digests.
func (s *Service) Register(r *jobs.Runner) {
	jobs.Handle(r, s.tell)
	r.Every("notices.digests", jobs.Daily(7, 30, s.Zone), s.StartDigests)
}

// StartDigests puts in a digest for every reader whose day it is.
func (s *Service) StartDigests(ctx context.Context) error {
	var to int64
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		to, err = journal.Seq(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	for last, more := ref.ID(0), true; more; {
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			readers, err := readersAfter(ctx, tx, last, enqueueStep)
			if err != nil {
				return err
			}
			next := last
			for _, r := range readers {
				next = r.ID
				if err := s.enqueue(ctx, tx, r, to); err != nil {
					return err
				}
			}
			last, more = next, len(readers) == enqueueStep
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) enqueue(ctx context.Context, tx *db.Tx, r Reader, to int64) error {
	day := s.today(tx)
	if !r.Rhythm.dueOn(day, r.ToldOn) {
		return nil
	}
	return jobs.Enqueue(ctx, tx, digest{r.ID, day, to}, jobs.Unique(r.ID.String()))
}

// tell reads what changed for a reader, then writes letter, notices and the
// reader's new place in one transaction. Run again, it finds the place moved.
func (s *Service) tell(ctx context.Context, j digest) error {
	r, follows, ok, err := s.waiting(ctx, j)
	if err != nil || !ok {
		return err
	}
	sp, err := s.spanOf(ctx, r.ToldSeq, j.To)
	if err != nil {
		return err
	}
	changes, err := s.told(ctx, r, follows, sp, func(f Follow) int64 { return max(r.ToldSeq, f.FromSeq) })
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.deliver(ctx, tx, r, j, changes) })
}

// waiting loads the reader of a digest; ok is false when there is nothing to do
// any more.
func (s *Service) waiting(ctx context.Context, j digest) (r Reader, follows []Follow, ok bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if r, ok, err = readerByID(ctx, tx, j.Reader); err != nil || !ok {
			return err
		}
		ok = r.Rhythm.dueOn(j.Day, r.ToldOn) && r.ToldSeq <= j.To
		follows, err = followsOf(ctx, tx, r.ID)
		return err
	})
	return r, follows, ok, err
}

func (s *Service) deliver(ctx context.Context, tx *db.Tx, r Reader, j digest, changes []Change) error {
	r.ToldSeq, r.ToldOn = j.To, j.Day
	if err := updateReader(ctx, tx, r); err != nil || len(changes) == 0 {
		return err
	}
	if r.PersonID != 0 {
		if err := insertNotices(ctx, tx, r.ID, noticesOfDigest(tx, changes)); err != nil {
			return err
		}
	}
	lang, to, err := s.address(ctx, tx, r)
	if err != nil || to == "" {
		return err
	}
	d := Digest{Day: j.Day, Changes: changes, Personal: r.PersonID != 0}
	if d.More = len(changes) - inLetter; d.More > 0 {
		d.Changes = changes[:inLetter]
	}
	heads, err := journal.Heads(ctx, tx, 1)
	if err != nil {
		return err
	}
	if len(heads) > 0 {
		d.Head = heads[0]
	}
	token, until, err := issue(ctx, tx, toStop, r.ID, "", nil, stopLife)
	if err != nil {
		return err
	}
	return s.Post(ctx, tx, Letter{Kind: "digest", To: to, Lang: lang, Token: token, Until: until, Digest: d})
}

// noticesOfDigest are the notices of a digest, made so that the page that changed
// last is the newest.
func noticesOfDigest(tx *db.Tx, changes []Change) []Notice {
	changes = changes[:min(len(changes), onDesk)]
	list := make([]Notice, 0, len(changes))
	for i := range changes {
		c := changes[len(changes)-1-i]
		list = append(list, Notice{ID: tx.NewID(), At: db.At(tx.Now()), Kind: Changed, About: c.Page, Told: Told{Deeds: c.Deeds}})
	}
	return list
}

// address is where letters to a reader go, and in which language; "" when a
// person cannot be written to.
func (s *Service) address(ctx context.Context, tx *db.Tx, r Reader) (lang i18n.Lang, to string, err error) {
	if r.PersonID == 0 {
		return r.Lang, r.Email, nil
	}
	p, err := accounts.PersonIn(ctx, tx, r.PersonID)
	if err != nil {
		return "", "", err
	}
	if p.Status == accounts.Active {
		to = p.Email
	}
	return p.Speaks(), to, nil
}
