package orgs

import (
	"context"
	"time"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/jobs"
	"birge/internal/platform/ref"
)

// Holder declares what the register keeps of natural persons. Heads in office
// are public by their office; ties are keyed hashes.
func (s *Service) Holder() accounts.Holder {
	const law, consent = "accounts.ground.law", "accounts.ground.consent"
	return accounts.Holder{
		Fields: []accounts.PersonalField{
			{Table: "organizations", Column: "head", Whose: "orgs.whose.head", Purpose: "orgs.purpose.head", Ground: law, Keep: "orgs.keep.register"},
			{Table: "organization_claims", Column: "user_id", Whose: "accounts.whose.account", Purpose: "orgs.purpose.claim", Ground: consent, Keep: "orgs.keep.register"},
			{Table: "organization_claims", Column: "post", Whose: "accounts.whose.account", Purpose: "orgs.purpose.claim", Ground: consent, Keep: "orgs.keep.register"},
			{Table: "corrections", Column: "sender_id", Whose: "orgs.whose.sender", Purpose: "orgs.purpose.correction", Ground: consent, Keep: "orgs.keep.year"},
			{Table: "corrections", Column: "sender_mail", Whose: "orgs.whose.sender", Purpose: "orgs.purpose.correction", Ground: consent, Keep: "orgs.keep.year"},
			{Table: "organization_ties", Column: "person", Whose: "orgs.whose.tied", Purpose: "orgs.purpose.tie", Ground: law, Keep: "orgs.keep.register"},
		},
		Copy: s.copyOf,
		Erase: func(ctx context.Context, tx *db.Tx, _ access.Actor, person ref.ID) error {
			return s.ForgetPerson(ctx, tx, person)
		},
		Expire: s.ForgetSenders,
	}
}

// copyOf is what the register keeps of a person.
func (s *Service) copyOf(ctx context.Context, tx *db.Tx, person ref.ID) (map[string]any, error) {
	claims, err := claimsOf(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	sent, err := correctionsBy(ctx, tx, person)
	type letter struct {
		Correction
		Body string `json:"body"`
	}
	letters := make([]letter, len(sent))
	for i, c := range sent {
		letters[i] = letter{c, c.Body}
	}
	return map[string]any{"organization_claims": claims, "corrections": letters}, err
}

// RunNightly has the runner do every night what the clock asks of the register:
// returns become due, and claims to which nobody objected are accepted.
func (s *Service) RunNightly(r *jobs.Runner, zone *time.Location) {
	r.Every("orgs.returns", jobs.Daily(1, 0, zone), func(ctx context.Context) error {
		_, err := s.OweReturns(ctx)
		return err
	})
	r.Every("orgs.claims", jobs.Daily(1, 30, zone), func(ctx context.Context) error {
		_, err := s.EndWaiting(ctx)
		return err
	})
}
