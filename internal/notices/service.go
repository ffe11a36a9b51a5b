package notices

import (
	"context"
	"net/mail"
	"strings"
	"sync"
	"time"

	"birge/internal/accounts"
	"birge/internal/obligations"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Page is what the room has to know of a page to tell of its changes.
type Page struct {
	ref.Ref
	// Places are where it is at home, Sides the organizations that it is about.
	Places, Sides []ref.ID
}

// Deps is what the room needs of the others. The app fills in the functions,
// because this room stands below the rooms whose pages are followed.
type Deps struct {
	Zone        *time.Location
	Places      *places.Service
	Obligations *obligations.Service
	// Subject finds what an address without language shows and can be followed;
	// NotFound when nothing is to be followed there.
	Subject func(ctx context.Context, path string) (Subject, error)
	// Pages finds pages by the keys of their refs, those that strangers may see.
	Pages func(ctx context.Context, roots []ref.Ref) (map[string]Page, error)
	// Among says which of the things, pages and obligations, a list shows; list is
	// its address.
	Among func(ctx context.Context, list string, things []ref.Ref) ([]ref.Ref, error)
	// Post puts a letter of this room into the mail, in the caller's transaction.
	Post func(ctx context.Context, tx *db.Tx, l Letter) error
}

// Service is the room.
type Service struct {
	db *db.DB
	Deps

	mu   sync.Mutex
	last *span // what was read of the journal last
}

// New makes the room on a store that has been migrated.
func New(d *db.DB, deps Deps) *Service { return &Service{db: d, Deps: deps} }

func (s *Service) today(tx *db.Tx) db.Date { return db.DateOf(tx.Now().In(s.Zone)) }

// Letter is a letter of this room; the pages hold its words.
type Letter struct {
	// Kind is "confirm", "digest" or "reminder".
	Kind, To string
	Lang     i18n.Lang
	// Token is the secret of the link: to confirm, or to stop.
	Token string
	Until db.Time
	// Subject is what is to be confirmed.
	Subject Subject
	// Digest is what changed, Reminder what falls due.
	Digest   Digest
	Reminder obligations.Obligation
	DaysLeft int
}

// Mine is what a person follows and was told.
type Mine struct {
	Reader  Reader
	Follows []Follow
	Notices []Notice
	Unread  int64
}

// Follow has the person who acts follow a subject; following it again changes
// nothing.
func (s *Service) Follow(ctx context.Context, by access.Actor, subject Subject) error {
	return s.asReader(ctx, by, func(tx *db.Tx, r Reader) error { return s.follow(ctx, tx, r, subject) })
}

func (s *Service) follow(ctx context.Context, tx *db.Tx, r Reader, subject Subject) error {
	n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM notice_follows WHERE reader_id = $1`, r.ID)
	if err != nil {
		return err
	}
	if n >= maxFollows {
		return problem.New(problem.Conflict, "notices.too_many", "max", maxFollows)
	}
	seq, err := journal.Seq(ctx, tx)
	if err != nil {
		return err
	}
	return insertFollow(ctx, tx, Follow{ID: tx.NewID(), ReaderID: r.ID, Subject: subject, FromSeq: seq, MadeAt: db.At(tx.Now())})
}

// Unfollow ends a follow of the person who acts; that of anybody else is not found.
func (s *Service) Unfollow(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, ok, err := readerOfPerson(ctx, tx, by.UserID)
		if err == nil && ok {
			ok, err = deleteFollow(ctx, tx, r.ID, id)
		}
		if err == nil && !ok {
			err = errNotFound()
		}
		return err
	})
}

// Following finds the follow of the person who acts for a subject; ok is false
// when they do not follow it.
func (s *Service) Following(ctx context.Context, by access.Actor, subject Subject) (f Follow, ok bool, err error) {
	if !by.SignedIn() {
		return f, false, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		f, ok, err = db.Maybe(ctx, tx, scanFollow, `SELECT `+followColumns+` FROM notice_follows
			WHERE reader_id = (SELECT id FROM notice_readers WHERE person_id = $1) AND kind = $2 AND thing_id = $3 AND list = $4`,
			by.UserID, subject.Kind, int64(subject.Ref.ID), subject.list())
		return err
	})
	return f, ok, err
}

// Mine is what the person who acts follows, and what they were told before the
// notice with the id before (0: up to now).
func (s *Service) Mine(ctx context.Context, by access.Actor, before ref.ID, limit int) (m Mine, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var ok bool
		if m.Reader, ok, err = readerOfPerson(ctx, tx, by.UserID); err != nil {
			return err
		}
		if !ok {
			m.Reader = Reader{PersonID: by.UserID, Rhythm: Daily}
			return nil
		}
		if m.Follows, err = followsOf(ctx, tx, m.Reader.ID); err != nil {
			return err
		}
		if m.Notices, err = noticesOf(ctx, tx, m.Reader.ID, before, limit); err != nil {
			return err
		}
		m.Unread, err = countUnread(ctx, tx, m.Reader.ID)
		return err
	})
	return m, err
}

// MarkRead notes that the person who acts has seen what they were told.
func (s *Service) MarkRead(ctx context.Context, by access.Actor) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE notices SET read_at = $1 WHERE read_at IS NULL
			AND reader_id = (SELECT id FROM notice_readers WHERE person_id = $2)`, db.At(tx.Now()), by.UserID)
		return err
	})
}

// SetRhythm says how often the person who acts gets a digest. Who had none until
// now is told of what happens from now on.
func (s *Service) SetRhythm(ctx context.Context, by access.Actor, rhythm Rhythm) error {
	if !rhythm.known() {
		return (problem.Fields{"rhythm": {Key: "form.unknown_choice"}}).Err()
	}
	return s.asReader(ctx, by, func(tx *db.Tx, r Reader) error { return s.setRhythm(ctx, tx, r, rhythm) })
}

func (s *Service) setRhythm(ctx context.Context, tx *db.Tx, r Reader, rhythm Rhythm) (err error) {
	if r.Rhythm == Never && rhythm != Never {
		if r.ToldSeq, err = journal.Seq(ctx, tx); err != nil {
			return err
		}
	}
	r.Rhythm = rhythm
	return updateReader(ctx, tx, r)
}

// NewFeed gives the person who acts a secret address of a feed of their own; an
// earlier one ends.
func (s *Service) NewFeed(ctx context.Context, by access.Actor) (token string, err error) {
	token = newToken()
	err = s.asReader(ctx, by, func(tx *db.Tx, r Reader) error { return setFeed(ctx, tx, r.ID, hashOf(token), db.At(tx.Now())) })
	return token, err
}

// EndFeed ends the feed of the person who acts.
func (s *Service) EndFeed(ctx context.Context, by access.Actor) error {
	return s.asReader(ctx, by, func(tx *db.Tx, r Reader) error { return setFeed(ctx, tx, r.ID, nil, db.Time{}) })
}

// asReader runs f for the person who acts as a reader, who becomes one when they
// are not yet.
func (s *Service) asReader(ctx context.Context, by access.Actor, f func(tx *db.Tx, r Reader) error) error {
	if !by.SignedIn() {
		return problem.New(problem.Unauthenticated, "problem.sign_in")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := personReader(ctx, tx, by.UserID)
		if err != nil {
			return err
		}
		return f(tx, r)
	})
}

// personReader is a person as a reader.
func personReader(ctx context.Context, tx *db.Tx, person ref.ID) (Reader, error) {
	r, ok, err := readerOfPerson(ctx, tx, person)
	if err != nil || ok {
		return r, err
	}
	return newReader(ctx, tx, Reader{PersonID: person, Rhythm: Daily})
}

func newReader(ctx context.Context, tx *db.Tx, r Reader) (_ Reader, err error) {
	r.ID, r.MadeAt, r.Version = tx.NewID(), db.At(tx.Now()), 1
	if r.ToldSeq, err = journal.Seq(ctx, tx); err != nil {
		return r, err
	}
	return r, insertReader(ctx, tx, r)
}

// maxAsked is how many letters a day may be asked for one address.
const maxAsked = 3

// AskByMail mails a link by which an address confirms that it wants to follow a
// subject. Until then nothing is kept but the wish, for as long as the link works.
func (s *Service) AskByMail(ctx context.Context, email string, lang i18n.Lang, rhythm Rhythm, subject Subject) error {
	email = strings.TrimSpace(email)
	var bad problem.Fields
	a, err := mail.ParseAddress(email)
	bad.Reject(err != nil || a.Address != email, "email", "form.not_email")
	bad.Reject(rhythm != Daily && rhythm != Weekly, "rhythm", "form.unknown_choice")
	if err := bad.Err(); err != nil {
		return err
	}
	folded := accounts.FoldEmail(email)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := askedFor(ctx, tx, folded)
		if err != nil {
			return err
		}
		if n >= maxAsked {
			return problem.New(problem.TooMany, "notices.asked_enough")
		}
		token, until, err := issue(ctx, tx, toConfirm, 0, folded, &wish{email, lang, rhythm, subject.Ref}, confirmLife)
		if err != nil {
			return err
		}
		return s.Post(ctx, tx, Letter{Kind: toConfirm, To: email, Lang: lang, Token: token, Until: until, Subject: subject})
	})
}

// Asked says what a link to confirm is about, as long as it works.
func (s *Service) Asked(ctx context.Context, token string) (email string, subject Subject, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		l, err := linkOf(ctx, tx, toConfirm, token)
		email, subject = l.wish.Email, Subject{l.wish.Subject}
		return err
	})
	return email, subject, err
}

// Confirm has the address of a link follow what it asked for.
func (s *Service) Confirm(ctx context.Context, token string) (subject Subject, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		l, err := use(ctx, tx, toConfirm, token)
		if err != nil {
			return err
		}
		subject = Subject{l.wish.Subject}
		r, err := addressReader(ctx, tx, l.wish)
		if err != nil {
			return err
		}
		return s.follow(ctx, tx, r, subject)
	})
	return subject, err
}

func addressReader(ctx context.Context, tx *db.Tx, w wish) (Reader, error) {
	r, ok, err := readerOfEmail(ctx, tx, w.Email)
	if err != nil {
		return r, err
	}
	if !ok {
		return newReader(ctx, tx, Reader{Email: w.Email, Lang: w.Lang, Rhythm: w.Rhythm})
	}
	r.Lang, r.Rhythm = w.Lang, w.Rhythm
	err = updateReader(ctx, tx, r)
	r.Version++
	return r, err
}

// Stopping says whose letters a link can stop and what they follow.
func (s *Service) Stopping(ctx context.Context, token string) (r Reader, follows []Follow, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if r, err = stopReader(ctx, tx, token); err != nil {
			return err
		}
		follows, err = followsOf(ctx, tx, r.ID)
		return err
	})
	return r, follows, err
}

func stopReader(ctx context.Context, tx *db.Tx, token string) (Reader, error) {
	l, err := linkOf(ctx, tx, toStop, token)
	if err != nil {
		return Reader{}, err
	}
	r, ok, err := readerByID(ctx, tx, l.reader)
	if err == nil && !ok {
		err = problem.New(problem.NotFound, "notices.link_over")
	}
	return r, err
}

// Stop ends the letters of the bearer of a link: one follow, or all with id 0.
// Of an address that follows nothing any more nothing is kept; a person keeps
// what they follow, without letters.
func (s *Service) Stop(ctx context.Context, token string, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := stopReader(ctx, tx, token)
		if err != nil {
			return err
		}
		switch {
		case id != 0:
			return s.stopOne(ctx, tx, r, id)
		case r.PersonID != 0:
			return s.setRhythm(ctx, tx, r, Never)
		}
		return dropReader(ctx, tx, r.ID)
	})
}

func (s *Service) stopOne(ctx context.Context, tx *db.Tx, r Reader, id ref.ID) error {
	ok, err := deleteFollow(ctx, tx, r.ID, id)
	if err == nil && !ok {
		err = errNotFound()
	}
	if err != nil || r.PersonID != 0 {
		return err
	}
	left, err := followsOf(ctx, tx, r.ID)
	if err == nil && len(left) == 0 {
		err = dropReader(ctx, tx, r.ID)
	}
	return err
}
