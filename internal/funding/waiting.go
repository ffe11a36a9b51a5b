package funding

import (
	"context"
	"slices"
	"strconv"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
	"birge/internal/projects"
)

// Waiting lists what waits for the actor in funding, the longest first.
func (s *Service) Waiting(ctx context.Context, by access.Actor) ([]todo.Task, error) {
	if !by.SignedIn() {
		return nil, nil
	}
	return todo.Of(ctx, s.db, by, s.topicsToReview, s.topicsToApprove, s.yearsToApprove, s.draftsToWrite, s.applicationsToCheck, s.agreementsToSettle, s.roundsToDecide)
}

// askedBy is the condition of mayAsk in SQL over a window w; from is the number of
// its first argument.
func (s *Service) askedBy(by access.Actor, from int) (string, []any) {
	offices := by.Scopes(access.Officer)
	own := slices.Concat(by.Scopes(access.Lead), offices)
	cond, args := "(w.body_id IN "+db.In(from, len(own)), db.Args(nil, own)
	private := []string{projects.Business, projects.Foundation}
	isPrivate := "w.kind IN " + db.In(from+len(args), len(private))
	args = db.Args(args, private)
	if funds := by.Scopes(access.Funder); len(funds) > 0 {
		cond += " OR " + isPrivate + " AND w.body_id IN " + db.In(from+len(args), len(funds))
		args = db.Args(args, funds)
	}
	if slices.Contains(offices, 0) {
		return cond + " OR NOT (" + isPrivate + "))", args
	}
	within := s.Places.Tree().Below(offices...)
	cond += " OR NOT (" + isPrivate + ") AND w.place_id IN " + db.In(from+len(args), len(within)) + ")"
	return cond, db.Args(args, within)
}

func (s *Service) topicsToReview(ctx context.Context, tx *db.Tx, by access.Actor) ([]todo.Task, error) {
	cond, args := s.askedBy(by, 2)
	list, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT t.id FROM topics t JOIN topic_windows w ON w.id = t.window_id
		WHERE t.state = 'proposed' AND (t.by_person IS NULL OR t.by_person <> $1) AND `+cond+` ORDER BY t.id LIMIT `+strconv.Itoa(todo.Most), append([]any{by.UserID}, args...)...)
	if err != nil {
		return nil, err
	}
	topics, err := topicsByIDs(ctx, tx, list)
	var out []todo.Task
	for _, t := range topics {
		if !t.proposed(by) {
			out = append(out, todo.Task{Act: "funding.topic.review", Thing: t.Ref(), Path: t.Ref().Path + "/review", Since: t.ProposedOn})
		}
	}
	return out, err
}

// topicsToApprove are the windows that are over and have accepted topics without
// a sum.
func (s *Service) topicsToApprove(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	cond, args := s.askedBy(by, 2)
	list, err := db.All(ctx, tx, scanWindow, `SELECT `+windowColumns+` FROM topic_windows w WHERE w.closes < $1
		AND EXISTS (SELECT 1 FROM topics t WHERE t.window_id = w.id AND t.state = 'accepted') AND `+cond+` ORDER BY w.closes, w.id LIMIT `+strconv.Itoa(todo.Most),
		append([]any{s.today(tx)}, args...)...)
	for _, w := range list {
		out = append(out, todo.Task{Act: "funding.topic.approve", Thing: w.Ref(), Path: ApprovePath(w.ID), Since: w.Closes.AddDays(1)})
	}
	return out, err
}

// ApprovePath is the page on which the accepted topics of a window get their sums.
func ApprovePath(window ref.ID) string { return "/topics/approve?window=" + window.String() }

// WindowPath is the page on which a window is extended or changed.
func WindowPath(window ref.ID) string { return "/topic-windows/" + window.String() }

// yearsToApprove are the years of pots that have begun and were not approved.
func (s *Service) yearsToApprove(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	pots, err := allPots(ctx, tx)
	this := s.today(tx).Year()
	for _, p := range pots {
		y, ok := p.year(this)
		if _, err := p.mayKeep(by, s.Places.Tree().Path(p.PlaceID)); err != nil || !ok || y.Approved() {
			continue
		}
		out = append(out, todo.Task{Act: "funding.pot.approve", Thing: p.Ref(), Path: ApproveYearPath(p, this), Since: db.Day(this, 1, 1)})
	}
	return out, err
}

// ApproveYearPath is the page on which a year of a pot is approved.
func ApproveYearPath(p Pot, year int) string {
	return p.Ref().Path + "/years/" + strconv.Itoa(year)
}
