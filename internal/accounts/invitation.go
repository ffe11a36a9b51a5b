package accounts

import (
	"context"
	"fmt"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Invitation offers a role by mail to whoever reads letters at an address.
type Invitation struct {
	ID          ref.ID      `json:"id"`
	Email       string      `json:"email"`
	Role        access.Role `json:"role"`
	Scope       ref.Ref     `json:"scope"`
	ByID        ref.ID      `json:"by_id"`
	MadeAt      db.Time     `json:"made_at"`
	UntilAt     db.Time     `json:"until_at"`
	TakenBy     ref.ID      `json:"taken_by"`
	TakenAt     db.Time     `json:"taken_at"`
	WithdrawnAt db.Time     `json:"withdrawn_at"`
	Version     int64       `json:"version"`
}

// Ref names the invitation by id alone.
func (i Invitation) Ref() ref.Ref { return ref.Ref{Kind: "invitation", ID: i.ID} }

// JournalVersion is the version of the row.
func (i Invitation) JournalVersion() int64 { return i.Version }

// Public is never true of an invitation.
func (i Invitation) Public() bool { return false }

// Open tells that the invitation can be taken at that time.
func (i Invitation) Open(now db.Time) bool {
	return i.TakenAt.IsZero() && i.WithdrawnAt.IsZero() && now.Before(i.UntilAt.Time)
}

const invitationColumns = `id, email, role, scope_kind, scope_id, scope_title, scope_path, by_id, made_at, until_at,
	taken_by, taken_at, withdrawn_at, version`

func scanInvitation(r db.Row) (i Invitation, err error) {
	err = r.Scan(&i.ID, &i.Email, (*string)(&i.Role), &i.Scope.Kind, (*int64)(&i.Scope.ID), &i.Scope.Title, &i.Scope.Path, &i.ByID,
		&i.MadeAt, &i.UntilAt, &i.TakenBy, &i.TakenAt, &i.WithdrawnAt, &i.Version)
	return i, err
}

func insertInvitation(ctx context.Context, tx *db.Tx, i Invitation) error {
	_, err := tx.Exec(ctx, `INSERT INTO invitations (`+invitationColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		i.ID, i.Email, string(i.Role), i.Scope.Kind, int64(i.Scope.ID), i.Scope.Title, i.Scope.Path, i.ByID,
		i.MadeAt, i.UntilAt, i.TakenBy, i.TakenAt, i.WithdrawnAt, i.Version)
	return err
}

func saveInvitation(ctx context.Context, tx *db.Tx, i Invitation) error {
	return tx.ExecOne(ctx, `UPDATE invitations SET taken_by = $1, taken_at = $2, withdrawn_at = $3, version = version + 1
		WHERE id = $4 AND version = $5`, i.TakenBy, i.TakenAt, i.WithdrawnAt, i.ID, i.Version)
}

func invitationByID(ctx context.Context, tx *db.Tx, id ref.ID) (Invitation, error) {
	return db.One(ctx, tx, scanInvitation, `SELECT `+invitationColumns+` FROM invitations WHERE id = $1`, id)
}

// Invite mails an offer of a role to an address, known or not.
func (s *Service) Invite(ctx context.Context, by access.Actor, email string, role access.Role, scope ref.Ref, lang i18n.Lang) (inv Invitation, err error) {
	if !validEmail(email) {
		return inv, (problem.Fields{"email": {Key: "accounts.email.wrong"}}).Err()
	}
	if err := checkScope(role, scope); err != nil {
		return inv, err
	}
	if by, err = mayGrant(by, role, s.around(scope)); err != nil {
		return inv, err
	}
	if !by.SignedIn() {
		return inv, fmt.Errorf("accounts: an invitation needs a person who invites")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := admit(ctx, tx, try{lettersTo, FoldEmail(email)}); err != nil {
			return err
		}
		now := tx.Now()
		inv = Invitation{ID: tx.NewID(), Email: email, Role: role, Scope: scope, ByID: by.UserID,
			MadeAt: db.At(now), UntilAt: db.At(now.Add(inviteLife)), Version: 1}
		if err := insertInvitation(ctx, tx, inv); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, by, "accounts.invitation.send", nil, inv); err != nil {
			return err
		}
		return s.mailTicket(ctx, tx, ticket{purpose: toInvited, email: email, data: inv.ID.String()}, inviteLife,
			Letter{Kind: toInvited, To: email, Lang: lang, Role: role, Scope: scope})
	})
	return inv, err
}

// InvitationLink shows the invitation of a mailed link, as long as it can be taken.
func (s *Service) InvitationLink(ctx context.Context, token string) (inv Invitation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		t, err := ticketOf(ctx, tx, toInvited, token)
		if err != nil {
			return err
		}
		inv, err = invitationOf(ctx, tx, t)
		return err
	})
	return inv, err
}

func invitationOf(ctx context.Context, tx *db.Tx, t ticket) (Invitation, error) {
	id, _ := ref.ParseID(t.data)
	inv, err := invitationByID(ctx, tx, id)
	if err == nil && !inv.Open(db.At(tx.Now())) {
		err = errLinkOver()
	}
	return inv, err
}

// TakeInvitation gives the role to the person who is signed in and holds the link.
func (s *Service) TakeInvitation(ctx context.Context, by access.Actor, token string) error {
	defer s.forget()
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.take(ctx, tx, by, token) })
}

// JoinInvited makes a person of the invited address, gives the role and signs in.
func (s *Service) JoinInvited(ctx context.Context, from Knock, token string, n NewPerson, consents []string) (e Entry, err error) {
	inv, err := s.InvitationLink(ctx, token)
	if err != nil {
		return e, err
	}
	n.Email, n.Proved = inv.Email, true
	bad := n.check(true)
	checkConsents(&bad, consents)
	hash, err := s.judgeAndHash(ctx, &bad, n)
	if err != nil {
		return e, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := joined(ctx, tx, n, hash, consents)
		if err != nil {
			return err
		}
		if err := s.take(ctx, tx, access.Actor{UserID: p.ID}, token); err != nil {
			return err
		}
		e, err = begin(ctx, tx, p, ViaLink, from)
		return err
	})
	return e, err
}

// take redeems an invitation: one taker, in its time, and only while the one who
// invited could still give the role.
func (s *Service) take(ctx context.Context, tx *db.Tx, by access.Actor, token string) error {
	t, err := redeem(ctx, tx, toInvited, token)
	if err != nil {
		return err
	}
	inv, err := invitationOf(ctx, tx, t)
	if err != nil {
		return err
	}
	if err := s.stillMay(ctx, tx, inv); err != nil {
		return err
	}
	g, err := give(ctx, tx, by, by.UserID, inv.Role, inv.Scope)
	if err != nil {
		return err
	}
	after := inv
	after.TakenBy, after.TakenAt = g.PersonID, g.GivenAt
	if err := saveInvitation(ctx, tx, after); err != nil {
		return err
	}
	after.Version++
	return journal.Record(ctx, tx, by, "accounts.invitation.take", inv, after)
}

// stillMay checks the right of the one who invited, as it is now.
func (s *Service) stillMay(ctx context.Context, tx *db.Tx, inv Invitation) error {
	p, err := personByID(ctx, tx, inv.ByID)
	if err != nil {
		return err
	}
	gs, err := grantsOf(ctx, tx, inv.ByID)
	if err != nil {
		return err
	}
	inviter := access.Actor{UserID: inv.ByID, Confirmed: true} // it was when the letter went out
	for _, g := range gs {
		inviter.Grants = append(inviter.Grants, access.Grant{Role: g.Role, Scope: g.Scope.ID})
	}
	if _, err := mayGrant(inviter, inv.Role, s.around(inv.Scope)); err != nil || p.Status != Active {
		return errLinkOver()
	}
	return nil
}

// Invitations lists those that the person sent, the newest first; who runs the
// portal sees all.
func (s *Service) Invitations(ctx context.Context, by access.Actor) (out []Invitation, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All(ctx, tx, scanInvitation, `SELECT `+invitationColumns+` FROM invitations
			WHERE by_id = $1 OR $2 ORDER BY made_at DESC, id DESC LIMIT 200`, by.UserID, by.Has(access.Admin))
		return err
	})
	return out, err
}

// WithdrawInvitation takes an invitation back that nobody has taken.
func (s *Service) WithdrawInvitation(ctx context.Context, by access.Actor, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		inv, err := invitationByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if inv.ByID != by.UserID && !by.Has(access.Admin) {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if !inv.Open(db.At(tx.Now())) {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		after := inv
		after.WithdrawnAt = db.At(tx.Now())
		if err := saveInvitation(ctx, tx, after); err != nil {
			return err
		}
		after.Version++
		return journal.Record(ctx, tx, by, "accounts.invitation.withdraw", inv, after)
	})
}
