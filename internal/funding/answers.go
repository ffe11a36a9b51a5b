package funding

import (
	"context"
	"maps"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Thread is what came before a call or after a topic: the approved topics that a
// call answers, the calls that answer a topic, and the projects that began by the
// agreements of these calls.
type Thread struct {
	Topics []Topic
	Calls  []CallCard
	// Applied counts by call the applications of closed rounds that answer the topic.
	Applied  map[ref.ID]int
	Projects []projects.Card    // the newest first, at most threadShown
	Orgs     map[ref.ID]ref.Ref // who carries them out
	Begun    int                // how many projects there are

	begun []ref.ID
}

// threadShown is how many projects a thread shows.
const threadShown = 10

// topicsOffered is how many topics the form of a call offers.
const topicsOffered = 200

// TopicsToAnswer are the approved topics that a call of a body can answer, those of
// the latest budget first.
func (s *Service) TopicsToAnswer(ctx context.Context, body ref.ID) (list []Topic, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = approvedTopicsOf(ctx, tx, body, topicsOffered)
		return err
	})
	return list, err
}

// checkTopics judges the topics that a call names: approved ones, that were
// proposed to the body which pays.
func checkTopics(ctx context.Context, tx *db.Tx, c Call, bad *problem.Fields) error {
	if len(c.TopicIDs) == 0 {
		return nil
	}
	list, err := topicsByIDs(ctx, tx, c.TopicIDs)
	good := 0
	for _, t := range list {
		if t.State == TopicApproved && t.BodyID == c.FunderID {
			good++
		}
	}
	bad.Reject(good != len(c.TopicIDs), "topics", "funding.call.other_topics")
	return err
}

// keepTopics stores which topics a call answers.
func keepTopics(ctx context.Context, tx *db.Tx, c Call) error {
	if _, err := tx.Exec(ctx, `DELETE FROM call_topics WHERE call_id = $1`, c.ID); err != nil {
		return err
	}
	for _, t := range c.TopicIDs {
		if _, err := tx.Exec(ctx, `INSERT INTO call_topics (call_id, topic_id) VALUES ($1, $2)`, c.ID, t); err != nil {
			return err
		}
	}
	return nil
}

// threadOfCall is what a call answers, and the projects that came of it.
func threadOfCall(ctx context.Context, tx *db.Tx, c Call) (t Thread, err error) {
	if t.Topics, err = topicsOfCall(ctx, tx, c); err != nil {
		return t, err
	}
	t.begun, err = begunBy(ctx, tx, []ref.ID{c.ID})
	return t, err
}

// threadOfTopic is the published calls that answer a topic, and the projects that
// came of them.
func threadOfTopic(ctx context.Context, tx *db.Tx, topic ref.ID) (t Thread, err error) {
	ids, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT call_id FROM call_topics WHERE topic_id = $1 ORDER BY call_id`, topic)
	if err != nil || len(ids) == 0 {
		return t, err
	}
	calls, err := publishedByIDs(ctx, tx, ids)
	if err != nil {
		return t, err
	}
	counts, err := roundCounts(ctx, tx, ids)
	if err != nil {
		return t, err
	}
	for _, c := range calls {
		t.Calls = append(t.Calls, CallCard{c, c.PhaseOn(tx.Now(), counts[c.ID])})
	}
	if t.Applied, err = appliedTo(ctx, tx, topic, calls); err != nil {
		return t, err
	}
	t.begun, err = begunFor(ctx, tx, topic, ids)
	return t, err
}

// appliedTo counts by call the applications that answer a topic. While a round is open
// nobody is told how many there are.
func appliedTo(ctx context.Context, tx *db.Tx, topic ref.ID, calls []Call) (map[ref.ID]int, error) {
	byID := map[ref.ID]Call{}
	for _, c := range calls {
		byID[c.ID] = c
	}
	type part struct {
		call     ref.ID
		round, n int
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (x part, err error) {
		err = r.Scan(&x.call, &x.round, &x.n)
		return x, err
	}, `SELECT call_id, round, count(*) FROM applications WHERE topic_id = $1 AND state <> 'withdrawn' GROUP BY call_id, round`, topic)
	out := map[ref.ID]int{}
	for _, x := range rows {
		if r, ok := byID[x.call].Round(x.round); ok && !tx.Now().Before(r.Closes.Time) {
			out[x.call] += x.n
		}
	}
	return out, err
}

// topicsOfCall are the topics that a call answers, in its order.
func topicsOfCall(ctx context.Context, tx *db.Tx, c Call) ([]Topic, error) {
	if len(c.TopicIDs) == 0 {
		return nil, nil
	}
	list, err := topicsByIDs(ctx, tx, c.TopicIDs)
	slices.SortFunc(list, func(a, b Topic) int { return slices.Index(c.TopicIDs, a.ID) - slices.Index(c.TopicIDs, b.ID) })
	return list, err
}

// topicRef names a topic, the zero ref where there is none.
func topicRef(ctx context.Context, tx *db.Tx, id ref.ID) (ref.Ref, error) {
	if id == 0 {
		return ref.Ref{}, nil
	}
	t, err := topicByID(ctx, tx, id)
	return t.Ref(), err
}

// begunFor gives the projects that began by agreements of calls which answer a topic,
// the newest first: those whose application names it, or names none.
func begunFor(ctx context.Context, tx *db.Tx, topic ref.ID, calls []ref.ID) ([]ref.ID, error) {
	return db.All(ctx, tx, db.Value[ref.ID], `SELECT g.project_id FROM agreements g JOIN applications a ON a.id = g.application_id
		WHERE g.project_id IS NOT NULL AND (a.topic_id = $1 OR a.topic_id IS NULL) AND g.call_id IN `+db.In(2, len(calls))+
		` ORDER BY g.project_id DESC`, db.Args([]any{topic}, calls)...)
}

// begunBy gives the projects that began by agreements of calls, the newest first.
func begunBy(ctx context.Context, tx *db.Tx, calls []ref.ID) ([]ref.ID, error) {
	return db.All(ctx, tx, db.Value[ref.ID], `SELECT project_id FROM agreements WHERE project_id IS NOT NULL AND call_id IN `+db.In(1, len(calls))+
		` ORDER BY project_id DESC`, db.Args(nil, calls)...)
}

// meet loads the projects of a thread, those that everybody may see.
func (s *Service) meet(ctx context.Context, t *Thread) (err error) {
	if t.Begun = len(t.begun); t.Begun == 0 {
		return nil
	}
	if t.Projects, err = s.Projects.Cards(ctx, t.begun[:min(t.Begun, threadShown)]); err != nil {
		return err
	}
	var ids []ref.ID
	for _, p := range t.Projects {
		ids = append(ids, p.OrgID)
	}
	t.Orgs, err = s.Projects.OrgRefs(ctx, ids)
	return err
}

// namedBy names the topics and forms of which a call and its revisions speak.
func namedBy(ctx context.Context, tx *db.Tx, c Call, revisions []Revision) (map[ref.ID]ref.Ref, error) {
	var topics, forms []ref.ID
	speak := func(t Terms) {
		topics = append(topics, t.TopicIDs...)
		if t.FormID != 0 {
			forms = append(forms, t.FormID)
		}
	}
	speak(c.Terms)
	for _, r := range revisions {
		speak(r.Before)
	}
	named, err := PagesIn(ctx, tx, KindTopic, distinct(topics))
	if err != nil {
		return nil, err
	}
	asked, err := PagesIn(ctx, tx, KindForm, distinct(forms))
	if named == nil {
		return asked, err
	}
	maps.Copy(named, asked)
	return named, err
}

func distinct(ids []ref.ID) []ref.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}
