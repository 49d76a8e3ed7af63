import { computed, linkedSignal } from '@angular/core';
import type { Resource, Signal } from '@angular/core';

interface Subject<T> {
  readonly subject: unknown;
  readonly value: T | undefined;
}

/**
 * The value of a resource, kept while it is fetched anew for the same subject. A resource without it is
 * empty meanwhile: what is on screen, and what somebody has begun there, would be taken away and made anew.
 */
export function steadyValue<T>(
  resource: Resource<T>,
  subject: () => unknown,
): Signal<T | undefined> {
  const steady = linkedSignal<Subject<T> & { readonly isLoading: boolean }, Subject<T>>({
    source: () => ({
      subject: subject(),
      value: resource.hasValue() ? resource.value() : undefined,
      isLoading: resource.isLoading(),
    }),
    computation: ({ subject: now, value, isLoading }, previous) => {
      const isSame = previous !== undefined && Object.is(previous.value.subject, now);
      return { subject: now, value: isSame && isLoading ? (value ?? previous.value.value) : value };
    },
  });
  return computed(() => steady().value);
}
