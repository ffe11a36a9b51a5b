package notices

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/mail"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// mayReadOutbox: who runs the portal; nobody else learns that letters are there.
func mayReadOutbox(by access.Actor) error {
	if !by.Has(access.Admin) {
		return errNotFound()
	}
	return nil
}

// Outbox lists letters in a state (or in all, ""), the newest first, older than
// before (0: from the newest).
func (s *Service) Outbox(ctx context.Context, by access.Actor, state mail.State, before ref.ID, limit int) (list []mail.Outgoing, err error) {
	if err := mayReadOutbox(by); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = mail.OutboxIn(ctx, tx, state, before, limit)
		return err
	})
	for i := range list {
		list[i] = closed(list[i])
	}
	return list, err
}

// LetterByID is one letter. What it says can be read only while it cannot reach
// its reader otherwise: it may hold a link that signs in.
func (s *Service) LetterByID(ctx context.Context, by access.Actor, id ref.ID) (o mail.Outgoing, err error) {
	if err := mayReadOutbox(by); err != nil {
		return o, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err = mail.ByID(ctx, tx, id)
		return err
	})
	return closed(o), err
}

// closed is a letter without what it says, unless it lies here to be read.
func closed(o mail.Outgoing) mail.Outgoing {
	if o.State != mail.Kept {
		o.Text, o.HTML, o.Headers, o.Unsubscribe = "", "", nil, ""
	}
	return o
}

// resending is the thing of the entry that tells of a letter sent again.
type resending struct {
	ID     ref.ID `json:"id"`
	Letter ref.ID `json:"letter"`
}

func (r resending) Ref() ref.Ref        { return ref.Ref{Kind: "resending", ID: r.ID} }
func (resending) JournalVersion() int64 { return 1 }

// Resend tries a letter again that failed, or that was kept while there was no
// mail.
func (s *Service) Resend(ctx context.Context, by access.Actor, id ref.ID) error {
	if err := mayReadOutbox(by); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := mail.ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if o.State != mail.Failed && o.State != mail.Kept || !o.ErasedAt.IsZero() {
			return problem.New(problem.Conflict, "notices.not_resendable")
		}
		if err := mail.Resend(ctx, tx, id); err != nil {
			return err
		}
		return journal.Record(ctx, tx, by.As(access.Admin, 0), "notices.letter.resend", nil, resending{tx.NewID(), id})
	})
}
