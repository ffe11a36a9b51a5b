package funding

import (
	"context"
	"io"
	"slices"

	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// TopicStory is what the page of a topic tells.
type TopicStory struct {
	Topic  Topic
	Window Window
	Day    db.Date
	Names  map[ref.ID]ref.Ref // of the body and of the organizations that proposed
	Into   Topic              // the topic that took this one in, zero as a rule
	Merged []Topic            // those that this one took in
	Files  []files.File       // those that the reader may have
	// Hidden counts the files that the reader may not have.
	Hidden   int
	Pot      Pot // zero while no money was voted
	Overlaps []Overlap
	Thread   Thread // what came of it
	Owed     []obligations.Obligation
	Past     []journal.Deed
	May      TopicMay
}

// TopicMay is what the reader may do.
type TopicMay struct{ Keep, Judge bool }

// TopicStory tells of a topic.
func (s *Service) TopicStory(ctx context.Context, by access.Actor, id ref.ID) (st TopicStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st = TopicStory{Day: s.today(tx)}
		if st.Topic, err = topicByID(ctx, tx, id); err != nil {
			return err
		}
		t := st.Topic
		if st.Window, err = windowByID(ctx, tx, t.WindowID); err != nil {
			return err
		}
		if t.MergedInto != 0 {
			if st.Into, err = topicByID(ctx, tx, t.MergedInto); err != nil {
				return err
			}
		}
		if st.Merged, err = topicsMergedInto(ctx, tx, id); err != nil {
			return err
		}
		if t.PotID != 0 {
			if st.Pot, err = potByID(ctx, tx, t.PotID); err != nil {
				return err
			}
		}
		ids := []ref.ID{t.BodyID, t.ByOrg}
		for _, m := range st.Merged {
			ids = append(ids, m.ByOrg)
		}
		if st.Names, err = orgs.Refs(ctx, tx, slices.DeleteFunc(ids, func(id ref.ID) bool { return id == 0 })); err != nil {
			return err
		}
		st.may(s, by)
		if err := s.tellFiles(ctx, tx, by, &st); err != nil {
			return err
		}
		if st.Owed, err = s.Obligations.Told(ctx, tx, t.Ref()); err != nil {
			return err
		}
		if st.Thread, err = threadOfTopic(ctx, tx, id); err != nil {
			return err
		}
		st.Past, err = journal.Acts(ctx, tx, t.Ref(), pastShown)
		return err
	})
	if err != nil {
		return st, err
	}
	if err := s.meet(ctx, &st.Thread); err != nil {
		return st, err
	}
	st.Overlaps, err = s.Similar(ctx, st.Topic.Need, st.Topic.Year, id)
	return st, err
}

func (st *TopicStory) may(s *Service, by access.Actor) {
	_, keep := st.Topic.mayKeep(by)
	_, judge := st.Topic.mayJudge(by, s.Places.Tree().Path(st.Window.PlaceID))
	st.May = TopicMay{Keep: by.SignedIn() && keep == nil, Judge: by.SignedIn() && judge == nil}
}

// tellFiles gives the files that the reader may have. What people hand in as
// evidence may show others: it is public only when the body says so.
func (s *Service) tellFiles(ctx context.Context, tx *db.Tx, by access.Actor, st *TopicStory) error {
	list, err := s.Files.Of(ctx, tx, KindTopic, st.Topic.ID)
	for _, f := range list {
		if f.Public() || st.May.Judge || st.Topic.proposed(by) {
			st.Files = append(st.Files, f)
		} else {
			st.Hidden++
		}
	}
	return err
}

// What is taken as evidence: so many files, each of so many bytes.
const (
	MostTopicFiles = 5
	MaxTopicFile   = 10 << 20
)

// CheckTopicFile receives one file of evidence and judges it by its bytes.
func (s *Service) CheckTopicFile(ctx context.Context, by access.Actor, topic ref.ID, name string, r io.Reader) (*files.Checked, error) {
	err := s.db.View(ctx, func(tx *db.Tx) error {
		t, err := topicByID(ctx, tx, topic)
		if err != nil {
			return err
		}
		_, err = t.mayKeep(by)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Files.Check(ctx, name, r, files.Pictures|files.Documents|files.Tables, MaxTopicFile)
}

// AddTopicFiles lays checked files beside a topic, for the body to read.
func (s *Service) AddTopicFiles(ctx context.Context, by access.Actor, topic ref.ID, checked []*files.Checked) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := topicByID(ctx, tx, topic)
		if err != nil {
			return err
		}
		as, err := t.mayKeep(by)
		if err != nil {
			return err
		}
		there, err := s.Files.Of(ctx, tx, KindTopic, topic)
		if err != nil {
			return err
		}
		if len(there)+len(checked) > MostTopicFiles {
			return problem.Fields{"files": {Key: "funding.topic.too_many_files", Args: []any{"most", MostTopicFiles}}}.Err()
		}
		for _, c := range checked {
			if _, err := s.Files.Add(ctx, tx, as, files.NewFile{Checked: c, Owner: t.Ref()}); err != nil {
				return err
			}
		}
		return nil
	})
}

// ShowTopicFile lets everybody have a file, or no longer: the body has looked that
// nobody can be recognized in it.
func (s *Service) ShowTopicFile(ctx context.Context, by access.Actor, topic, file ref.ID, shown bool) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, _, err := s.topicFile(ctx, tx, topic, file)
		if err != nil {
			return err
		}
		as, err := s.mayJudgeTopic(ctx, tx, by, t)
		if err != nil {
			return err
		}
		return s.Files.SetPublic(ctx, tx, as, file, shown)
	})
}

// TopicFile finds a file for those who may have it before it is public.
func (s *Service) TopicFile(ctx context.Context, by access.Actor, topic, file ref.ID) (f files.File, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		t, found, err := s.topicFile(ctx, tx, topic, file)
		if err != nil {
			return err
		}
		f = found
		if _, err := s.mayJudgeTopic(ctx, tx, by, t); err != nil && !t.proposed(by) {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		return nil
	})
	return f, err
}

func (s *Service) topicFile(ctx context.Context, tx *db.Tx, topic, file ref.ID) (Topic, files.File, error) {
	t, err := topicByID(ctx, tx, topic)
	if err != nil {
		return t, files.File{}, err
	}
	f, err := s.Files.ByID(ctx, tx, file)
	if err == nil && (f.Owner.Kind != KindTopic || f.Owner.ID != topic) {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return t, f, err
}
