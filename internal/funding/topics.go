package funding

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// The norms by which topics of the law's kinds live.
const (
	normTopicsOpen  = "order.topics_open"
	normTopicReview = "order.topic_review"
	normYears       = "project.years"
	// normTopicsListed is the term of the list of approved topics, from the end of the
	// window.
	normTopicsListed = "order.topics_listed"
)

// TopicReviewOwed is the answer that a body owes to a topic.
const TopicReviewOwed = "funding.topic.review"

// TopicsListOwed is the list of approved topics that a body owes before the money is
// voted.
const TopicsListOwed = "funding.topics.list"

// OpenWindow lets a body take topics. The law's kinds keep open at least as long
// as the norm says, and answer in its term.
func (s *Service) OpenWindow(ctx context.Context, by access.Actor, w Window) (Window, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		as, err := mayAsk(by, w.BodyID, w.Kind, s.Places.Tree().Path(w.PlaceID))
		if err != nil {
			return err
		}
		today, book := s.today(tx), s.Norms.Book()
		w.ID, w.Version, w.NormsOn, w.About = tx.NewID(), 1, today, w.About.Trim()
		var least db.Date
		if ByLaw(w.Kind) {
			term, _ := book.Norm(normTopicReview, today)
			w.ReviewDays = int(term.Value.N)
			least = book.Due(normTopicsOpen, w.Opens, today)
		}
		if err := w.check(today, least); err != nil {
			return err
		}
		if err := s.knowsWindow(ctx, tx, w); err != nil {
			return err
		}
		if err := insertWindow(ctx, tx, w); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "funding.window.open", nil, w)
	})
	return w, err
}

func (s *Service) knowsWindow(ctx context.Context, tx *db.Tx, w Window) error {
	var bad problem.Fields
	_, ok := s.Places.Tree().Place(w.PlaceID)
	bad.Reject(!ok, "place", "form.unknown_choice")
	for _, code := range w.Spheres {
		bad.Reject(!s.Norms.Book().InUse(norms.Spheres, code), "spheres", "form.unknown_choice")
	}
	there, err := orgs.Refs(ctx, tx, []ref.ID{w.BodyID})
	if err != nil {
		return err
	}
	bad.Reject(there[w.BodyID].IsZero(), "body", "form.unknown_choice")
	return bad.Err()
}

// ChangeWindow extends a window, says more of it or opens it to more spheres. version
// is the one that the person saw, 0 when it does not matter.
func (s *Service) ChangeWindow(ctx context.Context, by access.Actor, id ref.ID, version int64, n WindowChange) (w Window, err error) {
	n.About = n.About.Trim()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := windowByID(ctx, tx, id)
		if err != nil {
			return err
		}
		as, err := mayAsk(by, before.BodyID, before.Kind, s.Places.Tree().Path(before.PlaceID))
		if err != nil {
			return err
		}
		if version != 0 && version != before.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		w = before
		if err := w.change(n, s.today(tx)); err != nil {
			return err
		}
		if err := s.knowsWindow(ctx, tx, w); err != nil {
			return err
		}
		act := "funding.window.edit"
		if w.Closes != before.Closes {
			act = "funding.window.extend"
		}
		w.Version++
		if err := updateWindow(ctx, tx, w); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, act, before, w)
	})
	return w, err
}

// NewTopic is what somebody gives to propose a topic; ByOrg is 0 for a citizen.
type NewTopic struct {
	WindowID, ByOrg ref.ID
	Need
	Sample bool
}

// ProposeTopic sends a topic to the body of an open window, which from then on
// owes an answer.
func (s *Service) ProposeTopic(ctx context.Context, by access.Actor, n NewTopic) (t Topic, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		as, err := mayPropose(by, n.ByOrg)
		if err != nil {
			return err
		}
		w, err := windowByID(ctx, tx, n.WindowID)
		if err != nil {
			return err
		}
		today := s.today(tx)
		if !w.OpenOn(today) {
			return problem.New(problem.Conflict, "funding.window.closed", "day", w.Closes)
		}
		t = Topic{ID: tx.NewID(), WindowID: w.ID, BodyID: w.BodyID, Kind: w.Kind, Year: w.Year, ByOrg: n.ByOrg, ByPerson: by.UserID,
			Need: s.settledNeed(tx, n.Need), State: TopicProposed, ProposedOn: today, NormsOn: w.NormsOn, Sample: n.Sample || w.Sample, Version: 1}
		if err := s.judgeNeed(w, t.Need, t.NormsOn); err != nil {
			return err
		}
		if t.Number, err = numberIn(ctx, tx, KindTopic, today.Year()); err != nil {
			return err
		}
		if err := insertTopic(ctx, tx, t); err != nil {
			return err
		}
		if err := s.oweAnswer(ctx, tx, as, w, t); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "funding.topic.propose", nil, t)
	})
	return t, err
}

// settledNeed fills in what follows from the need. Of people at risk no place
// narrower than a district is kept.
func (s *Service) settledNeed(tx *db.Tx, n Need) Need {
	tree := s.Places.Tree()
	n.Title, n.Problem, n.Evidence, n.Result = n.Title.Trim(), n.Problem.Trim(), n.Evidence.Trim(), n.Result.Trim()
	if s.Norms.Book().AtRisk(n.Groups...) {
		n.PlaceID = tree.District(n.PlaceID)
	}
	place, _ := tree.Place(n.PlaceID)
	n.Rural = place.Rural
	n.Indicators = slices.Clone(n.Indicators)
	for i := range n.Indicators {
		x := &n.Indicators[i]
		x.Measure, x.Adding = projects.Number, projects.Cumulative
		if x.ID == 0 {
			x.ID = tx.NewID()
		}
	}
	return n
}

func (s *Service) judgeNeed(w Window, n Need, normsOn db.Date) error {
	book := s.Norms.Book()
	longest, _ := book.Norm(normYears, normsOn)
	if err := n.check(int(longest.Value.To)); err != nil {
		return err
	}
	var bad problem.Fields
	tree := s.Places.Tree()
	_, ok := tree.Place(n.PlaceID)
	bad.Reject(!ok, "place", "form.unknown_choice")
	bad.Reject(ok && !tree.Within(n.PlaceID, w.PlaceID), "place", "funding.topic.other_place")
	bad.Reject(!book.InUse(norms.Spheres, n.Sphere), "sphere", "form.unknown_choice")
	bad.Reject(!w.Takes(n.Sphere), "sphere", "funding.topic.other_sphere")
	for _, code := range n.Groups {
		bad.Reject(!book.InUse(norms.TargetGroups, code), "groups", "form.unknown_choice")
	}
	return bad.Err()
}

// oweAnswer makes the body owe an answer in the term of its window.
func (s *Service) oweAnswer(ctx context.Context, tx *db.Tx, by access.Actor, w Window, t Topic) error {
	sides, err := orgs.Refs(ctx, tx, []ref.ID{t.BodyID, t.ByOrg})
	if err != nil {
		return err
	}
	d := obligations.Debt{Kind: TopicReviewOwed, WhatKey: "funding.owed.topic_review", WhatArgs: []string{"number", t.Number},
		Ground: obligations.Promise, Thing: t.Ref(), Owner: sides[t.BodyID], To: sides[t.ByOrg], Proposer: t.ByPerson,
		From: t.ProposedOn, WorkingDays: w.ReviewDays, PlaceID: t.PlaceID, Sample: t.Sample}
	if ByLaw(t.Kind) {
		n, _ := s.Norms.Book().Norm(normTopicReview, t.NormsOn)
		d.Ground, d.GroundText = obligations.Law, n.Law
	}
	_, err = s.Obligations.Owe(ctx, tx, by, d)
	return err
}

// topicRule changes a topic and gives the actor in the role that allows it.
type topicRule func(tx *db.Tx, t *Topic) (access.Actor, error)

// changeTopic loads a topic, applies a rule, stores and records it. version is the
// one that the person saw, 0 when it does not matter.
func (s *Service) changeTopic(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, f topicRule) (t Topic, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := topicByID(ctx, tx, id)
		if err != nil {
			return err
		}
		t = before
		as, err := f(tx, &t)
		stale := version != 0 && version != before.Version
		switch {
		case stale && (err == nil || problem.Is(err, problem.Invalid)): // who has no right learns nothing of it
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		case err != nil:
			return err
		}
		t.Version++
		if err := updateTopic(ctx, tx, t); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, act, before, t)
	})
	return t, err
}

// EditTopic changes what was proposed while nobody has answered.
func (s *Service) EditTopic(ctx context.Context, by access.Actor, id ref.ID, version int64, n Need) (Topic, error) {
	return s.changeTopic(ctx, by, "funding.topic.edit", id, version, func(tx *db.Tx, t *Topic) (access.Actor, error) {
		as, err := t.mayKeep(by)
		if err != nil {
			return as, err
		}
		w, err := windowByID(ctx, tx, t.WindowID)
		if err != nil {
			return as, err
		}
		t.Need = s.settledNeed(tx, n)
		return as, s.judgeNeed(w, t.Need, t.NormsOn)
	})
}

// WithdrawTopic takes a topic back while nobody has answered.
func (s *Service) WithdrawTopic(ctx context.Context, by access.Actor, id ref.ID) (Topic, error) {
	return s.changeTopic(ctx, by, "funding.topic.withdraw", id, 0, func(tx *db.Tx, t *Topic) (access.Actor, error) {
		as, err := t.mayKeep(by)
		if err != nil {
			return as, err
		}
		t.State = TopicWithdrawn
		return as, s.Obligations.Settle(ctx, tx, as, t.Ref(), TopicReviewOwed, obligations.Released, s.today(tx))
	})
}

// reviewActs name what an answer is in the journal.
var reviewActs = map[TopicState]string{TopicAccepted: "funding.topic.accept", TopicMerged: "funding.topic.merge", TopicDeclined: "funding.topic.decline"}

// ReviewTopic gives a topic the public answer of the body.
func (s *Service) ReviewTopic(ctx context.Context, by access.Actor, id ref.ID, version int64, r Review) (Topic, error) {
	act, ok := reviewActs[r.State]
	if !ok {
		act = "funding.topic.accept" // refused by the rule
	}
	return s.changeTopic(ctx, by, act, id, version, func(tx *db.Tx, t *Topic) (access.Actor, error) {
		as, err := s.mayJudgeTopic(ctx, tx, by, *t)
		if err != nil {
			return as, err
		}
		var into Topic
		if r.State == TopicMerged && r.Into != 0 {
			if into, err = topicByID(ctx, tx, r.Into); err != nil && !problem.Is(err, problem.NotFound) {
				return as, err
			}
		}
		today := s.today(tx)
		if err := t.review(r, into, today); err != nil {
			return as, err
		}
		if err := s.Obligations.Settle(ctx, tx, as, t.Ref(), TopicReviewOwed, obligations.Kept, today); err != nil || t.State != TopicAccepted {
			return as, err
		}
		return as, s.oweList(ctx, tx, as, *t)
	})
}

// oweList makes the body owe the list of approved topics of a window, with their
// sums, before the money is voted: from the first topic that it accepts. A topic that
// is accepted after the list came out is owed on it again.
func (s *Service) oweList(ctx context.Context, tx *db.Tx, by access.Actor, t Topic) error {
	if !ByLaw(t.Kind) {
		return nil // a business or a foundation publishes when it likes
	}
	w, err := windowByID(ctx, tx, t.WindowID)
	if err != nil {
		return err
	}
	body, err := orgs.Refs(ctx, tx, []ref.ID{w.BodyID})
	if err != nil {
		return err
	}
	from := w.Closes
	if today := s.today(tx); today.After(from) {
		from = today
	}
	term, _ := s.Norms.Book().Norm(normTopicsListed, w.NormsOn)
	if _, err := s.Obligations.Owe(ctx, tx, by, obligations.Debt{Kind: TopicsListOwed, WhatKey: "funding.owed.topics_list", WhatArgs: []string{"year", strconv.Itoa(w.Year)},
		Ground: obligations.Law, GroundText: term.Law, Thing: w.Ref(), Root: w.Ref(), Owner: body[w.BodyID], From: from, WorkingDays: int(term.Value.N), PlaceID: w.PlaceID, Sample: w.Sample}); err != nil {
		return err
	}
	return s.Obligations.Reopen(ctx, tx, by, w.Ref(), TopicsListOwed)
}

// settleLists ends what is owed about the lists of windows in which no accepted topic
// waits for its sum any more.
func (s *Service) settleLists(ctx context.Context, tx *db.Tx, by access.Actor, topics []ref.ID) error {
	windows, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT DISTINCT window_id FROM topics WHERE id IN `+db.In(1, len(topics))+
		` AND window_id NOT IN (SELECT window_id FROM topics WHERE state = 'accepted') ORDER BY window_id`, db.Args(nil, topics)...)
	if err != nil {
		return err
	}
	for _, id := range windows {
		if err := s.Obligations.Settle(ctx, tx, by, Window{ID: id}.Ref(), TopicsListOwed, obligations.Kept, s.today(tx)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) mayJudgeTopic(ctx context.Context, tx *db.Tx, by access.Actor, t Topic) (access.Actor, error) {
	w, err := windowByID(ctx, tx, t.WindowID)
	if err != nil {
		return by, err
	}
	return t.mayJudge(by, s.Places.Tree().Path(w.PlaceID))
}

// Sums are what a body wants to set aside for topics, in tiyn, by the id of each.
type Sums map[ref.ID]int64

// ApproveTopics publishes accepted topics with their sums, all of them or none.
func (s *Service) ApproveTopics(ctx context.Context, by access.Actor, sums Sums) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		topics := slices.Collect(maps.Keys(sums))
		if err := s.eachTopic(ctx, tx, by, "funding.topic.approve", topics, func(t *Topic) error {
			err := t.approve(sums[t.ID], s.today(tx))
			if bad := problem.As(err); bad != nil && bad.Fields != nil {
				return problem.Fields{"sum." + t.ID.String(): bad.Fields["sum"]}.Err()
			}
			return err
		}); err != nil {
			return err
		}
		return s.settleLists(ctx, tx, by, topics)
	})
}

// FundTopics says which pot pays for approved topics.
func (s *Service) FundTopics(ctx context.Context, by access.Actor, pot ref.ID, topics []ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := potByID(ctx, tx, pot)
		if err != nil {
			return err
		}
		if _, err := p.mayKeep(by, s.Places.Tree().Path(p.PlaceID)); err != nil {
			return err
		}
		return s.eachTopic(ctx, tx, by, "funding.topic.fund", topics, func(t *Topic) error { return t.fund(p) })
	})
}

// eachTopic applies a rule of the body to several topics and records each.
func (s *Service) eachTopic(ctx context.Context, tx *db.Tx, by access.Actor, act string, ids []ref.ID, rule func(*Topic) error) error {
	slices.Sort(ids)
	for _, id := range ids {
		before, err := topicByID(ctx, tx, id)
		if err != nil {
			return err
		}
		as, err := s.mayJudgeTopic(ctx, tx, by, before)
		if err != nil {
			return err
		}
		t := before
		if err := rule(&t); err != nil {
			return err
		}
		t.Version++
		if err := updateTopic(ctx, tx, t); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, act, before, t); err != nil {
			return err
		}
	}
	return nil
}

// TopicsOf gives the topics of a body in a state, the longest waiting first.
func (s *Service) TopicsOf(ctx context.Context, body ref.ID, state TopicState) (list []Topic, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = topicsOfBody(ctx, tx, body, state, mostTopics)
		return err
	})
	return list, err
}

// mostTopics is how many topics one list of a desk shows.
const mostTopics = 200

// ProposedBy gives the topics that the actor or his organizations proposed, the
// latest first.
func (s *Service) ProposedBy(ctx context.Context, by access.Actor) (list []Topic, err error) {
	if !by.SignedIn() {
		return nil, problem.New(problem.Unauthenticated, "problem.sign_in")
	}
	mine := append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = topicsProposedBy(ctx, tx, by.UserID, mine, mostTopics)
		return err
	})
	return list, err
}

// Windows gives the windows that are open or about to open, those that close
// soonest first, with the names of the bodies.
func (s *Service) Windows(ctx context.Context) (list []Window, bodies map[ref.ID]ref.Ref, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if list, err = windowsFrom(ctx, tx, s.today(tx)); err != nil {
			return err
		}
		ids := make([]ref.ID, len(list))
		for i, w := range list {
			ids[i] = w.BodyID
		}
		bodies, err = orgs.Refs(ctx, tx, ids)
		return err
	})
	return list, bodies, err
}

// Window finds one window with the name of its body.
func (s *Service) Window(ctx context.Context, id ref.ID) (w Window, body ref.Ref, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if w, err = windowByID(ctx, tx, id); err != nil {
			return err
		}
		names, err := orgs.Refs(ctx, tx, []ref.ID{w.BodyID})
		body = names[w.BodyID]
		return err
	})
	return w, body, err
}

// MayAsk tells whether the actor opens windows of a body, in a place.
func (s *Service) MayAsk(by access.Actor, w Window) bool {
	_, err := mayAsk(by, w.BodyID, w.Kind, s.Places.Tree().Path(w.PlaceID))
	return by.SignedIn() && err == nil
}

// TopicByNumber finds the id of a topic by its number.
func (s *Service) TopicByNumber(ctx context.Context, number string) (id ref.ID, ok bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		t, found, err := topicByNumber(ctx, tx, number)
		id, ok = t.ID, found
		return err
	})
	return id, ok, err
}

// Topics gives the topics with these ids in their order.
func (s *Service) Topics(ctx context.Context, ids []ref.ID) (list []Topic, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = topicsByIDs(ctx, tx, ids)
		return err
	})
	slices.SortFunc(list, func(a, b Topic) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return list, err
}

// TopicsIn finds topics for the transaction of another room.
func TopicsIn(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Topic, error) {
	return topicsByIDs(ctx, tx, ids)
}

// LatestTopics gives the topics that came last.
func (s *Service) LatestTopics(ctx context.Context, limit int) (list []Topic, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = latestTopics(ctx, tx, limit)
		return err
	})
	return list, err
}
