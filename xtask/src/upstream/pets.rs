//! The pets themselves: a list in memory, and an echo for every other path.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::exchange::{Answer, Request};

/// The most pets kept; one more replaces the oldest.
const PETS_MAX: usize = 1000;

/// The list.
#[derive(Debug)]
pub(super) struct Pets {
    list: Mutex<Vec<Value>>,
}

impl Pets {
    /// Three pets to begin with.
    pub(super) fn new() -> Pets {
        let list = vec![
            json!({"id": 1, "type": "dog", "name": "Rex", "price": 249.99}),
            json!({"id": 2, "type": "cat", "name": "Mia", "price": 124.99}),
            json!({"id": 3, "type": "fish", "name": "Blub", "price": 0.99}),
        ];
        Pets { list: Mutex::new(list) }
    }

    /// Answers a request.
    pub(super) fn answer(&self, request: &Request) -> Answer {
        let path = request.target.split('?').next().unwrap_or_default();
        match (request.method.as_str(), path, path.strip_prefix("/pets/")) {
            ("GET" | "HEAD", "/pets", _) => Answer { status: "200 OK", body: Value::from(self.all()).to_string() },
            ("POST", "/pets", _) => self.add(&request.body),
            ("GET" | "HEAD", _, Some(id)) => self.one(id),
            _ => echo(request),
        }
    }

    fn all(&self) -> Vec<Value> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn one(&self, id: &str) -> Answer {
        match self.all().into_iter().find(|pet| pet["id"].as_u64().is_some_and(|own| id == own.to_string())) {
            Some(pet) => Answer { status: "200 OK", body: pet.to_string() },
            None => Answer { status: "404 Not Found", body: json!({"message": "no such pet"}).to_string() },
        }
    }

    fn add(&self, body: &[u8]) -> Answer {
        let Ok(Value::Object(mut pet)) = serde_json::from_slice(body) else {
            return Answer { status: "400 Bad Request", body: json!({"message": "a pet is an object"}).to_string() };
        };
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let id = list.iter().filter_map(|pet| pet["id"].as_u64()).max().unwrap_or_default() + 1;
        pet.insert("id".to_owned(), id.into());
        let pet = Value::Object(pet);
        list.push(pet.clone());
        if list.len() > PETS_MAX {
            list.remove(0);
        }
        Answer { status: "201 Created", body: pet.to_string() }
    }
}

fn echo(request: &Request) -> Answer {
    let body = json!({
        "method": request.method,
        "target": request.target,
        "headers": request.headers,
        "body": String::from_utf8_lossy(&request.body),
    });
    Answer { status: "200 OK", body: body.to_string() }
}
