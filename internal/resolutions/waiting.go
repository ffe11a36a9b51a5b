package resolutions

import (
	"context"
	"slices"
	"strconv"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// Waiting lists what waits for the actor in this room, the longest first.
func (s *Service) Waiting(ctx context.Context, by access.Actor) ([]todo.Task, error) {
	if !by.SignedIn() {
		return nil, nil
	}
	return todo.Of(ctx, s.db, by, s.toReply, s.toJudge, s.toAdvise, s.toRenew)
}

// ownOrgs are the organizations for which the actor speaks or works.
func ownOrgs(by access.Actor) []ref.ID {
	return slices.Concat(by.Scopes(access.Lead), by.Scopes(access.Staff), by.Scopes(access.Officer))
}

// toReply are the items that an organization of the actor is asked to take.
func (s *Service) toReply(ctx context.Context, tx *db.Tx, by access.Actor) ([]todo.Task, error) {
	own := ownOrgs(by)
	if len(own) == 0 {
		return nil, nil
	}
	list, err := db.All(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM resolution_items WHERE stage = 'assigned' AND owner_id IN `+db.In(1, len(own))+`
		ORDER BY id LIMIT `+strconv.Itoa(todo.Most), db.Args(nil, own)...)
	return s.waitingItems(list, "resolutions.item.reply", "/reply", func(i Item) db.Date { return db.DateOf(i.ID.Time().In(s.Zone)) }), err
}

// toJudge are the items that are said to be done, of which the actor is the proposer.
func (s *Service) toJudge(ctx context.Context, tx *db.Tx, by access.Actor) ([]todo.Task, error) {
	own := slices.Concat(by.Scopes(access.Lead), by.Scopes(access.Staff))
	list, err := db.All(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM resolution_items WHERE stage = 'done' AND judged_on IS NULL
		AND (proposer_person = $1 OR proposer_org IN `+db.In(2, len(own))+`) ORDER BY id LIMIT `+strconv.Itoa(todo.Most), db.Args([]any{by.UserID}, own)...)
	list = slices.DeleteFunc(list, func(i Item) bool {
		_, err := i.mayOwn(by)
		return err == nil
	})
	return s.waitingItems(list, "resolutions.item.judge", "/judge", func(i Item) db.Date { return i.DoneOn }), err
}

// toAdvise are the open amendments on which the actor's drafting group has said
// nothing.
func (s *Service) toAdvise(ctx context.Context, tx *db.Tx, by access.Actor) ([]todo.Task, error) {
	holders := ownOrgs(by)
	within := s.Places.Tree().Below(by.Scopes(access.Officer)...)
	list, err := db.All(ctx, tx, scanAmendment, `SELECT `+amendmentColumns+` FROM resolution_amendments WHERE outcome = '' AND advice = '' AND resolution_id IN
		(SELECT id FROM resolutions WHERE stage = 'discussed' AND (holder_id IN `+db.In(1, len(holders))+` OR place_id IN `+db.In(1+len(holders), len(within))+`))
		ORDER BY id LIMIT `+strconv.Itoa(todo.Most), db.Args(db.Args(nil, holders), within)...)
	return waitingAmendments(list, "resolutions.amend.advise", "/advise"), err
}

// toRenew are the actor's amendments whose article has changed since.
func (s *Service) toRenew(ctx context.Context, tx *db.Tx, by access.Actor) ([]todo.Task, error) {
	own := slices.Concat(by.Scopes(access.Lead), by.Scopes(access.Staff))
	list, err := db.All(ctx, tx, scanAmendment, `SELECT `+amendmentColumns+` FROM resolution_amendments WHERE outcome = '' AND act <> 'add'
		AND (by_person = $1 OR by_org IN `+db.In(2, len(own))+`) AND resolution_id IN (SELECT id FROM resolutions WHERE stage = 'discussed')
		AND EXISTS (SELECT 1 FROM resolution_articles a WHERE a.id = article_id AND (a.deleted OR a.since <> base))
		ORDER BY id LIMIT `+strconv.Itoa(todo.Most), db.Args([]any{by.UserID}, own)...)
	return waitingAmendments(list, "resolutions.amend.renew", ""), err
}

func waitingAmendments(list []Amendment, act, at string) (out []todo.Task) {
	for _, a := range list {
		out = append(out, todo.Task{Act: act, Thing: a.Ref(), Path: a.Ref().Path + at, Since: a.MadeOn})
	}
	return out
}

func (s *Service) waitingItems(list []Item, act, at string, since func(Item) db.Date) (out []todo.Task) {
	for _, i := range list {
		out = append(out, todo.Task{Act: act, Thing: i.Ref(), Path: i.Ref().Path + at, Since: since(i)})
	}
	return out
}
