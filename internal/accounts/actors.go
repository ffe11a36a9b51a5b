package accounts

import (
	"sync"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/ref"
)

// actorCache keeps for a moment who holds which token. Whatever is loaded while
// something changes is not kept: the generation has moved on by then.
type actorCache struct {
	mu    sync.Mutex
	gen   int
	byKey map[string]keptActor
}

type keptActor struct {
	actor access.Actor
	until time.Time
}

const maxActors = 10_000

func (c *actorCache) find(key string, now time.Time) (a access.Actor, gen int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.byKey[key]
	return k.actor, c.gen, ok && now.Before(k.until)
}

func (c *actorCache) keep(key string, a access.Actor, gen int, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gen != c.gen {
		return
	}
	if c.byKey == nil || len(c.byKey) >= maxActors {
		c.byKey = map[string]keptActor{}
	}
	c.byKey[key] = keptActor{a, now.Add(actorKept)}
}

func (c *actorCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gen++
	c.byKey = nil
}

// sightings collects when sessions were last seen, to the minute, until they are
// written together: reading a page writes nothing.
type sightings struct {
	mu sync.Mutex
	at map[ref.ID]time.Time
}

func (s *sightings) note(session ref.ID, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		s.at = map[ref.ID]time.Time{}
	}
	s.at[session] = now.Truncate(time.Minute)
}

func (s *sightings) take() map[ref.ID]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.at
	s.at = nil
	return at
}
